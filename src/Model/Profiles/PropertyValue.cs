using System.Buffers.Text;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace Cairn.Model.Profiles;

/// <summary>One value of a profile's property, as JSON; never null, never changes, safe to share.</summary>
public sealed class PropertyValue : IEquatable<PropertyValue>
{
    /// <summary>Values up to this length are shared where they recur: countries, plans, true.</summary>
    const int MaxSharedBytes = 32;

    /// <summary>Places for shared values; what falls on a taken place takes it. A power of two.</summary>
    const int SharedPlaces = 1 << 16;

    static readonly PropertyValue?[] Shared = new PropertyValue?[SharedPlaces];

    readonly byte[] utf8Json;
    string? text;

    PropertyValue(byte[] utf8Json, JsonValueKind kind)
    {
        this.utf8Json = utf8Json;
        Kind = kind;
        Number = kind == JsonValueKind.Number && Utf8Parser.TryParse(utf8Json, out double number, out _) ? number : double.NaN;
    }

    /// <summary>String, Number, True, False, Array or Object.</summary>
    public JsonValueKind Kind { get; }

    /// <summary>The number; NaN where it is none.</summary>
    public double Number { get; }

    /// <summary>A string's characters; the JSON text of anything else.</summary>
    public string Text => text ??= Kind == JsonValueKind.String ? JsonSerializer.Deserialize<string>(utf8Json)! : ToString();

    /// <summary>The value as JSON.</summary>
    public ReadOnlyMemory<byte> Json => utf8Json;

    /// <summary>A copy of a parsed value; null for JSON's null and for nothing.</summary>
    public static PropertyValue? From(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Null or JsonValueKind.Undefined => null,
        _ => Share(JsonMarshal.GetRawUtf8Value(element), element.ValueKind),
    };

    static PropertyValue Share(ReadOnlySpan<byte> utf8Json, JsonValueKind kind)
    {
        if (utf8Json.Length > MaxSharedBytes) return new(utf8Json.ToArray(), kind);
        var hash = new HashCode();
        hash.AddBytes(utf8Json);
        ref var place = ref Shared[hash.ToHashCode() & (SharedPlaces - 1)];
        // Two threads may race for a place: either value is right.
        if (place is { } known && known.utf8Json.AsSpan().SequenceEqual(utf8Json)) return known;
        return place = new(utf8Json.ToArray(), kind);
    }

    /// <summary>Reads JSON text.</summary>
    /// <exception cref="JsonException">It is none.</exception>
    public static PropertyValue? Parse(ReadOnlyMemory<byte> utf8Json)
    {
        using var document = JsonDocument.Parse(LoneSurrogates.Mend(utf8Json), new JsonDocumentOptions { MaxDepth = 128 });
        return From(document.RootElement);
    }

    /// <summary>A list of these elements.</summary>
    public static PropertyValue Of(IReadOnlyList<JsonElement> elements) => new(JsonSerializer.SerializeToUtf8Bytes(elements), JsonValueKind.Array);

    /// <summary>A number, written as short as reads back the same; null where JSON has no form for it.</summary>
    public static PropertyValue? From(double number) =>
        double.IsFinite(number) ? new(Encoding.ASCII.GetBytes(number.ToString("R", CultureInfo.InvariantCulture)), JsonValueKind.Number) : null;

    /// <summary>The value for a JSON serializer.</summary>
    public JsonElement ToElement()
    {
        using var document = JsonDocument.Parse(utf8Json, new JsonDocumentOptions { MaxDepth = 128 });
        return document.RootElement.Clone();
    }

    /// <summary>Equal as JSON: 1 and 1.0 are one number, members of an object have no order.</summary>
    public bool Equals(PropertyValue? other)
    {
        if (other is null || Kind != other.Kind) return false;
        if (utf8Json.AsSpan().SequenceEqual(other.utf8Json)) return true;
        if (Kind == JsonValueKind.String) return string.Equals(Text, other.Text, StringComparison.Ordinal);
        using var mine = JsonDocument.Parse(utf8Json);
        using var theirs = JsonDocument.Parse(other.utf8Json);
        return JsonElement.DeepEquals(mine.RootElement, theirs.RootElement);
    }

    public override bool Equals(object? obj) => Equals(obj as PropertyValue);

    /// <summary>By kind and, for strings, text: equal numbers and objects may be written differently.</summary>
    public override int GetHashCode() => Kind switch
    {
        JsonValueKind.String => Text.GetHashCode(StringComparison.Ordinal),
        JsonValueKind.Number => Number.GetHashCode(),
        _ => (int)Kind,
    };

    public override string ToString() => Encoding.UTF8.GetString(utf8Json);
}
