using System.Text.Json;
using Cairn.Ingestion.Json;

namespace Cairn.Ingestion.Amplitude;

/// <summary>The fields of one event as raw JSON slices, before anything is made of them; null counts as absent. One serves a whole request.</summary>
/// <param name="names">Which names of fields are known.</param>
sealed class EventFields(FieldNames names)
{
    readonly ReadOnlyMemory<byte>[] raw = new ReadOnlyMemory<byte>[AmplitudeFields.Count];
    ulong present;

    /// <summary>The first container that is nested deeper than is accepted.</summary>
    public AmplitudeField TooDeep { get; private set; }

    /// <summary>Reads the object the reader stands on, to its end.</summary>
    public void Read(ref Utf8JsonReader reader, ReadOnlyMemory<byte> json)
    {
        present = 0;
        TooDeep = AmplitudeField.None;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var field = AmplitudeFields.Find(reader.ValueSpan, names);
            reader.Read();
            var value = JsonSlice.Value(ref reader, json, out var depth);
            if (field == AmplitudeField.None || value.Span[0] == 'n') continue;
            Set(field, value);
            if (depth > AmplitudeLimits.MaxDepth && TooDeep == AmplitudeField.None) TooDeep = field;
        }
    }

    public bool Has(AmplitudeField field) => (present & Bit(field)) != 0;

    /// <summary>The raw value; empty where the event has none.</summary>
    public ReadOnlyMemory<byte> this[AmplitudeField field] => Has(field) ? raw[(int)field] : default;

    /// <summary>Puts a raw value in a field's place.</summary>
    public void Set(AmplitudeField field, ReadOnlyMemory<byte> value)
    {
        raw[(int)field] = value;
        present |= Bit(field);
    }

    /// <summary>Takes a field away.</summary>
    public void Remove(AmplitudeField field) => present &= ~Bit(field);

    /// <summary>Those of <paramref name="mask"/> that the event has.</summary>
    public ulong AnyOf(ulong mask) => present & mask;

    public static ulong Bit(AmplitudeField field) => 1UL << (int)field;

    public static ulong Mask(AmplitudeField first, AmplitudeField last)
    {
        var mask = 0UL;
        for (var field = first; field <= last; field++) mask |= Bit(field);
        return mask;
    }
}
