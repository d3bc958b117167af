using System.Text.Json;

namespace Cairn.Ingestion.Mixpanel;

/// <summary>Goes through the records of a payload: an array of objects, a single object, or one object a line.</summary>
public static class MixpanelRecords
{
    static readonly JsonReaderOptions Options = new() { MaxDepth = MixpanelLimits.MaxReadDepth };

    /// <summary>Translates every record into the batch.</summary>
    /// <returns>
    /// None; or the fault of the whole: <see cref="RejectReason.MalformedJson"/> or <see cref="RejectReason.TooManyItems"/>. Then the batch
    /// holds what came before the fault and is not to be used.
    /// </returns>
    public static RejectReason Translate(in MixpanelPayload payload, RecordTranslator translator, ItemBatch batch)
    {
        translator.Begin(batch, payload.IsValidUtf8);
        if (payload.IsLines) return TranslateLines(payload.Json, translator, batch);
        try
        {
            var json = payload.Json;
            var reader = new Utf8JsonReader(json.Span, Options);
            reader.Read();
            if (reader.TokenType == JsonTokenType.StartObject) TranslateOne(ref reader, json, translator, batch);
            else if (TranslateArray(ref reader, json, translator, batch) is var fault and not RejectReason.None) return fault;
            // Something behind the document is an error of the reader's.
            reader.Read();
            return RejectReason.None;
        }
        catch (JsonException)
        {
            return RejectReason.MalformedJson;
        }
    }

    /// <summary>Whether a text that begins with an object goes on with another on a line of its own.</summary>
    public static bool AreLines(ReadOnlySpan<byte> json)
    {
        if (json.IndexOf((byte)'\n') < 0) return false;
        try
        {
            var reader = new Utf8JsonReader(json, Options);
            reader.Read();
            reader.Skip();
            return json[(int)reader.BytesConsumed..].IndexOfAnyExcept(" \t\r\n"u8) >= 0;
        }
        catch (JsonException)
        {
            // The first line may be the broken one: then line by line the others are saved.
            return json[..json.IndexOf((byte)'\n')].TrimEnd(" \t\r"u8).EndsWith("}"u8);
        }
    }

    static RejectReason TranslateArray(ref Utf8JsonReader reader, ReadOnlyMemory<byte> json, RecordTranslator translator, ItemBatch batch)
    {
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (batch.RecordCount == MixpanelLimits.MaxRecords) return RejectReason.TooManyItems;
            TranslateOne(ref reader, json, translator, batch);
        }
        return RejectReason.None;
    }

    static RejectReason TranslateLines(ReadOnlyMemory<byte> json, RecordTranslator translator, ItemBatch batch)
    {
        while (!json.IsEmpty)
        {
            var length = json.Span.IndexOf((byte)'\n');
            var line = (length < 0 ? json : json[..length]).Trim(" \t\r"u8);
            json = length < 0 ? default : json[(length + 1)..];
            if (line.IsEmpty) continue;
            if (batch.RecordCount == MixpanelLimits.MaxRecords) return RejectReason.TooManyItems;
            try
            {
                CheckLine(line.Span);
            }
            catch (JsonException)
            {
                batch.BeginRecord();
                batch.Reject(RejectReason.MalformedJson, "");
                continue;
            }
            var reader = new Utf8JsonReader(line.Span, Options);
            reader.Read();
            TranslateOne(ref reader, line, translator, batch);
        }
        return RejectReason.None;
    }

    /// <summary>A line is read to its end before anything is made of it, so that a broken one leaves nothing in the batch.</summary>
    static void CheckLine(ReadOnlySpan<byte> line)
    {
        var reader = new Utf8JsonReader(line, Options);
        while (reader.Read()) { }
    }

    static void TranslateOne(ref Utf8JsonReader reader, ReadOnlyMemory<byte> json, RecordTranslator translator, ItemBatch batch)
    {
        batch.BeginRecord();
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.Skip();
            batch.Reject(RejectReason.NotAnObject, "");
            return;
        }
        translator.Translate(ref reader, json);
    }
}
