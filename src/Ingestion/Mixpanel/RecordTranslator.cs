using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using Cairn.Ingestion.Json;

namespace Cairn.Ingestion.Mixpanel;

/// <summary>Turns one record of a payload into items of a batch. One serves a whole request; not thread-safe.</summary>
public abstract class RecordTranslator
{
    bool isValidUtf8;

    /// <summary>Where items and verdicts go.</summary>
    protected ItemBatch Batch { get; private set; } = null!;

    /// <summary>Begins a payload.</summary>
    /// <param name="payloadIsValidUtf8">False: each record is to be looked at.</param>
    public virtual void Begin(ItemBatch batch, bool payloadIsValidUtf8)
    {
        Batch = batch;
        isValidUtf8 = payloadIsValidUtf8;
    }

    /// <summary>Reads the object on whose start the reader stands, to its end, and adds its items or rejects it.</summary>
    /// <param name="json">What the reader reads: positions count from its start.</param>
    public void Translate(ref Utf8JsonReader reader, ReadOnlyMemory<byte> json)
    {
        var start = (int)reader.TokenStartIndex;
        Read(ref reader, json);
        var record = json[start..(int)reader.BytesConsumed];
        if (record.Length > MixpanelLimits.MaxRecordBytes) Batch.Reject(RejectReason.RecordTooLarge, "");
        else if (!isValidUtf8 && !Utf8.IsValid(record.Span)) Batch.Reject(RejectReason.InvalidUtf8, FieldAtFault(record.Span));
        else Finish();
    }

    /// <summary>Reads the record's fields, adding nothing yet.</summary>
    protected abstract void Read(ref Utf8JsonReader reader, ReadOnlyMemory<byte> json);

    /// <summary>Judges the fields and adds the items.</summary>
    protected abstract void Finish();

    /// <summary>The scalar the reader stands on as text: a string unescaped, a number or boolean as written; empty for null, an object or a list.</summary>
    protected ReadOnlyMemory<byte> Text(ref Utf8JsonReader reader, ReadOnlyMemory<byte> json)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.String:
                var inner = json.Slice((int)reader.TokenStartIndex + 1, reader.ValueSpan.Length);
                if (!reader.ValueIsEscaped) return inner;
                var copy = Batch.Scratch.Take(inner.Length);
                return copy[..JsonText.Unescape(inner.Span, copy.Span)];
            case JsonTokenType.Number or JsonTokenType.True or JsonTokenType.False:
                return json.Slice((int)reader.TokenStartIndex, reader.ValueSpan.Length);
            default:
                reader.Skip();
                return default;
        }
    }

    /// <summary>Skips the value the reader stands on; gives its levels of lists and objects, 0 for a scalar.</summary>
    protected static int Skip(ref Utf8JsonReader reader)
    {
        if (reader.TokenType is not (JsonTokenType.StartObject or JsonTokenType.StartArray)) return 0;
        var outside = reader.CurrentDepth;
        var deepest = outside + 1;
        do
        {
            reader.Read();
            // A start stands at its container's depth, so what it opens is one level further.
            var depth = reader.CurrentDepth + (reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray ? 1 : 0);
            if (depth > deepest) deepest = depth;
        }
        while (reader.CurrentDepth > outside);
        return deepest - outside;
    }

    /// <summary>The property whose value is no UTF-8, as "properties.name"; empty where it can't be told.</summary>
    static string FieldAtFault(ReadOnlySpan<byte> record)
    {
        var reader = new Utf8JsonReader(record, new JsonReaderOptions { MaxDepth = MixpanelLimits.MaxReadDepth });
        var name = "";
        while (reader.Read())
        {
            if (Utf8.IsValid(reader.ValueSpan))
            {
                if (reader.TokenType == JsonTokenType.PropertyName) name = Encoding.UTF8.GetString(reader.ValueSpan);
                continue;
            }
            if (reader.TokenType == JsonTokenType.PropertyName) return "";
            return reader.CurrentDepth > 1 ? $"properties.{name}" : name;
        }
        return "";
    }
}
