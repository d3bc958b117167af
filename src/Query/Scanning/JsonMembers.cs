using System.Text.Json;
using Cairn.Query.Filters;
using Cairn.Storage.Rows;

namespace Cairn.Query.Scanning;

/// <summary>The members of a stored JSON object: name, and value as it stands in the text.</summary>
static class JsonMembers
{
    static readonly JsonReaderOptions Options = new() { MaxDepth = 256 };

    /// <summary>The properties of a <see cref="RowLayout.Rest"/> object.</summary>
    public static IEnumerable<(string Name, ReadOnlyMemory<byte> Json)> OfProperties(ReadOnlyMemory<byte> utf8Rest) =>
        Of(utf8Rest).Where(member => !member.Name.StartsWith(RowLayout.RestGroupText, StringComparison.Ordinal));

    /// <summary>The groups of such an object, by their types.</summary>
    public static IEnumerable<(string Type, ReadOnlyMemory<byte> Json)> OfGroups(ReadOnlyMemory<byte> utf8Rest) =>
        Of(utf8Rest).Where(member => member.Name.StartsWith(RowLayout.RestGroupText, StringComparison.Ordinal)).Select(member => (member.Name[RowLayout.RestGroupText.Length..], member.Json));

    /// <summary>Each member; of what is no object none.</summary>
    public static IReadOnlyList<(string Name, ReadOnlyMemory<byte> Json)> Of(ReadOnlyMemory<byte> utf8Object)
    {
        var members = new List<(string, ReadOnlyMemory<byte>)>();
        var reader = new Utf8JsonReader(utf8Object.Span, Options);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) return members;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = JsonValue.Text(ref reader);
            reader.Read();
            var start = (int)reader.TokenStartIndex;
            reader.Skip();
            members.Add((name, utf8Object[start..(int)reader.BytesConsumed]));
        }
        return members;
    }
}
