using System.Text.Json;

namespace Cairn.Ingestion.Stages;

/// <summary>How a body's JSON object measures against <see cref="ItemLimits"/>.</summary>
/// <param name="Fault">What it breaks; <see cref="RejectReason.None"/> where nothing.</param>
/// <param name="HasLongValue">A top-level text value is over <see cref="ItemLimits.MaxValueBytes"/>.</param>
readonly record struct BodyShape(RejectReason Fault, bool HasLongValue)
{
    /// <summary>Bytes up to which no body can break a limit: shorter than the deepest allowed nesting, let alone the longest name.</summary>
    public const int AlwaysFineBytes = 2 * ItemLimits.MaxDepth;

    static readonly JsonReaderOptions Options = new() { MaxDepth = int.MaxValue };

    /// <summary>Measures an object of valid JSON.</summary>
    public static BodyShape Of(ReadOnlySpan<byte> utf8Object)
    {
        // Opening brackets, those inside texts counted too, bound the depth; two vectorized counts spare most bodies the reading.
        var mayBeDeep = utf8Object.Count((byte)'{') + utf8Object.Count((byte)'[') > ItemLimits.MaxDepth;
        if (!mayBeDeep && utf8Object.Length <= ItemLimits.MaxPropertyNameBytes) return default;
        if (!mayBeDeep && !HasLongGap(utf8Object) && utf8Object.Length < ItemLimits.MaxProperties * MinPropertyBytes) return default;
        return Read(utf8Object);
    }

    /// <summary>Bytes of the shortest property with its comma: <c>"":0,</c>.</summary>
    const int MinPropertyBytes = 5;

    /// <summary>Whether two quotes lie so far apart that a name or a text between them may be too long.</summary>
    static bool HasLongGap(ReadOnlySpan<byte> utf8)
    {
        while (utf8.Length > ItemLimits.MaxPropertyNameBytes)
        {
            // From the farthest place where the next quote may stand, back to the nearest one: few steps cross a body.
            var quote = utf8[..(ItemLimits.MaxPropertyNameBytes + 1)].LastIndexOf((byte)'"');
            if (quote < 0) return true;
            utf8 = utf8[(quote + 1)..];
        }
        return false;
    }

    static BodyShape Read(ReadOnlySpan<byte> utf8Object)
    {
        var reader = new Utf8JsonReader(utf8Object, Options);
        var properties = 0;
        var hasLongValue = false;
        while (reader.Read())
        {
            if (reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray && reader.CurrentDepth + 1 > ItemLimits.MaxDepth)
                return new(RejectReason.TooDeep, false);
            if (reader.CurrentDepth != 1) continue;
            if (reader.TokenType == JsonTokenType.PropertyName)
            {
                if (++properties > ItemLimits.MaxProperties) return new(RejectReason.TooManyProperties, false);
                if (reader.ValueSpan.Length > ItemLimits.MaxPropertyNameBytes) return new(RejectReason.NameTooLong, false);
            }
            else if (reader.TokenType == JsonTokenType.String) hasLongValue |= reader.ValueSpan.Length > ItemLimits.MaxValueBytes;
        }
        return new(RejectReason.None, hasLongValue);
    }
}
