using System.Buffers;
using System.Runtime.InteropServices;
using System.Text.Json;
using Cairn.Storage.Delta;
using Cairn.Storage.Rows;

namespace Cairn.Storage.Lake.Writing;

/// <summary>
/// Sorts out, for the rows of a range, which values have a column in the table and which stand in <see cref="RowLayout.Rest"/>: a source decided by the columns that
/// it had room for, the table decides by its own.
/// </summary>
sealed class RestRows
{
    static readonly JsonWriterOptions Options = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    readonly LakeSchema schema;
    readonly Dictionary<string, Promoted> promoted = new(StringComparer.Ordinal);
    readonly ArrayBufferWriter<byte> arena = new();
    readonly List<Piece> pieces = [];
    readonly int[] first, last;

    RestRows(LakeSchema schema, int rowCount)
    {
        this.schema = schema;
        (first, last) = (new int[rowCount], new int[rowCount]);
        first.AsSpan().Fill(-1);
    }

    /// <summary>A part of a row's object in the arena; <paramref name="Next"/> is -1 at the end.</summary>
    [StructLayout(LayoutKind.Auto)]
    record struct Piece(int Start, int Length, int Next);

    /// <summary>Values of a column that sources had in their rest: by row number.</summary>
    public sealed class Promoted
    {
        public List<int> Rows { get; } = [];
        public List<byte[]> Texts { get; } = [];
        public List<double> Numbers { get; } = [];
        public List<bool> Flags { get; } = [];
    }

    /// <summary>Null where no row of the range has anything to do with it.</summary>
    public static async ValueTask<RestRows?> ReadAsync(RowRange range, LakeSchema schema, CancellationToken cancellationToken)
    {
        if (schema.Table != RowLayout.Events) return null;
        var rows = new RestRows(schema, range.Count);
        var isUsed = false;
        foreach (var part in range.Parts)
        {
            if (await part.Segment.ReadAsync(RowLayout.Rest, cancellationToken) is TextColumn rest)
            {
                isUsed = true;
                rows.AddRest(part, rest);
            }
            foreach (var column in part.Segment.ColumnsWithout(schema))
            {
                isUsed = true;
                if (await part.Segment.ReadAsync(column, cancellationToken) is { } values) rows.AddColumn(part, column, values);
            }
        }
        return isUsed ? rows : null;
    }

    /// <summary>Columns that rest members of sources ask for, in their order.</summary>
    public static async ValueTask<IReadOnlyCollection<string>> NamesAsync(IEnumerable<RowSegment> segments, CancellationToken cancellationToken)
    {
        var names = new OrderedDictionary<string, bool>(StringComparer.Ordinal);
        foreach (var segment in segments)
        {
            if (segment.IsLake || !segment.Has(RowLayout.Rest)) continue;
            await segment.LoadAsync(cancellationToken);
            if (await segment.ReadAsync(RowLayout.Rest, cancellationToken) is TextColumn rest)
            {
                for (var code = 0; code < rest.Dictionary.Count; code++)
                    RestMembers.Read(rest.Dictionary[code], (in RestMembers.Member member) => names.TryAdd(member.Prefix + member.Name, true));
            }
            segment.Unload();
        }
        return names.Keys;
    }

    /// <summary>Values of a column that has them in sources' rest; null where there are none.</summary>
    public Promoted? Of(string rowName) => promoted.GetValueOrDefault(rowName);

    /// <summary>The rows' objects, by row number.</summary>
    public KeyTexts Objects()
    {
        var texts = new GatheredTexts(keepsAll: true);
        var codes = new int[first.Length];
        var json = new ArrayBufferWriter<byte>();
        var isEmpty = true;
        for (var row = 0; row < codes.Length; row++)
        {
            codes[row] = -1;
            if (first[row] < 0) continue;
            json.ResetWrittenCount();
            for (var at = first[row]; at >= 0; at = pieces[at].Next)
            {
                json.Write(json.WrittenCount == 0 ? "{"u8 : ","u8);
                json.Write(arena.WrittenSpan.Slice(pieces[at].Start, pieces[at].Length));
            }
            json.Write("}"u8);
            codes[row] = texts.CodeOf(json.WrittenSpan);
            isEmpty = false;
        }
        return new(texts, codes, isEmpty);
    }

    void AddRest(RowRange.Part part, TextColumn rest)
    {
        for (var i = 0; i < part.Rows.Length; i++)
        {
            if (rest.Codes[part.Rows[i]] < 0) continue;
            var json = rest.Utf8(part.Rows[i]);
            var row = part.First + i;
            // The table was full when it was written there, so none of its names has a column now.
            if (part.Segment.IsLake) Add(row, json[1..^1]);
            else RestMembers.Read(json, (in RestMembers.Member member) => Place(row, in member));
        }
    }

    void Place(int row, in RestMembers.Member member)
    {
        var name = member.Prefix + member.Name;
        if (!schema.ByRowName.TryGetValue(name, out var column))
        {
            Add(row, member.Json);
            return;
        }
        if (!promoted.TryGetValue(name, out var values)) promoted.Add(name, values = new());
        values.Rows.Add(row);
        if (column.Type == DeltaType.Double) values.Numbers.Add(member.Number);
        else if (column.Type == DeltaType.Boolean) values.Flags.Add(member.Flag);
        else values.Texts.Add(member.Text.ToArray());
    }

    void AddColumn(RowRange.Part part, string rowName, StoredColumn values)
    {
        if (!LakeProperty.TryParse(rowName, out var property)) return;
        var buffer = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(buffer, Options);
        for (var i = 0; i < part.Rows.Length; i++)
        {
            buffer.ResetWrittenCount();
            json.Reset();
            json.WriteStartObject();
            if (!Write(json, property, values, part.Rows[i])) continue;
            json.WriteEndObject();
            json.Flush();
            Add(part.First + i, buffer.WrittenSpan[1..^1]);
        }
    }

    static bool Write(Utf8JsonWriter json, in LakeProperty property, StoredColumn values, int row)
    {
        var name = property.IsGroup ? RowLayout.RestGroupText + property.Name : property.Name;
        switch (values)
        {
            case TextColumn texts when texts.Codes[row] >= 0:
                json.WritePropertyName(name);
                if (property.Prefix is RowLayout.Json or RowLayout.GroupJson) json.WriteRawValue(texts.Utf8(row), skipInputValidation: true);
                else json.WriteStringValue(texts.Utf8(row));
                return true;
            case DoubleColumn numbers when !double.IsNaN(numbers.Values[row]):
                json.WriteNumber(name, numbers.Values[row]);
                return true;
            case BooleanColumn flags when flags.Values[row] != BooleanColumn.Null:
                json.WriteBoolean(name, flags.Values[row] != 0);
                return true;
            default:
                return false;
        }
    }

    void Add(int row, ReadOnlySpan<byte> members)
    {
        if (members.IsEmpty) return;
        pieces.Add(new(arena.WrittenCount, members.Length, -1));
        arena.Write(members);
        if (first[row] < 0) first[row] = pieces.Count - 1;
        else CollectionsMarshal.AsSpan(pieces)[last[row]].Next = pieces.Count - 1;
        last[row] = pieces.Count - 1;
    }
}
