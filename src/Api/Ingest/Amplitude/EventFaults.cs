using System.Text.Json;
using Cairn.Ingestion;

namespace Cairn.Api.Ingest.Amplitude;

/// <summary>The three lists of a 400: for each field the indexes of the events it spoils.</summary>
sealed class EventFaults
{
    readonly SortedDictionary<string, List<int>> invalid = new(StringComparer.Ordinal);
    readonly SortedDictionary<string, List<int>> missing = new(StringComparer.Ordinal);
    readonly SortedDictionary<string, List<int>> idLengths = new(StringComparer.Ordinal);

    public bool IsEmpty => invalid.Count + missing.Count + idLengths.Count == 0;

    public bool HasMissing => missing.Count > 0;

    /// <summary>Enters one event, unless its reason is none that the sender is told.</summary>
    public void Add(Verdict verdict, int index)
    {
        switch (AmplitudeAnswers.To(verdict.Reason))
        {
            case AmplitudeAnswer.Accepted:
                break;
            case AmplitudeAnswer.MissingField:
                Add(missing, verdict.Field, index);
                break;
            case AmplitudeAnswer.InvalidIdLength:
                Add(idLengths, verdict.Field, index);
                // Kotlin and Swift don't read that list and would send the batch for ever.
                Add(invalid, verdict.Field, index);
                break;
            default:
                Add(invalid, verdict.Field, index);
                break;
        }
    }

    public void Write(Utf8JsonWriter writer)
    {
        Write(writer, "events_with_invalid_fields", invalid);
        Write(writer, "events_with_missing_fields", missing);
        Write(writer, "events_with_invalid_id_lengths", idLengths);
    }

    static void Add(SortedDictionary<string, List<int>> list, string field, int index)
    {
        if (!list.TryGetValue(field, out var indexes)) list.Add(field, indexes = []);
        indexes.Add(index);
    }

    static void Write(Utf8JsonWriter writer, string name, SortedDictionary<string, List<int>> list)
    {
        writer.WriteStartObject(name);
        foreach (var (field, indexes) in list)
        {
            writer.WriteStartArray(field);
            foreach (var index in indexes) writer.WriteNumberValue(index);
            writer.WriteEndArray();
        }
        writer.WriteEndObject();
    }
}
