using Cairn.Storage.Parquet;
using Cairn.Storage.Rows;
using TextColumn = Cairn.Storage.Rows.TextColumn;

namespace Cairn.Storage.Lake.Writing;

/// <summary>Texts of many segments under codes of their own.</summary>
/// <remarks>
/// Equal texts get one code for as long as that pays: where nearly every row brings a new text (ids, keys), looking each up costs more than the rest of the write, so
/// from then on texts are just put behind one another, and equal ones may have several codes.
/// </remarks>
sealed class GatheredTexts
{
    /// <summary>Texts before it is judged whether they repeat.</summary>
    const int MinTexts = 1 << 15;

    readonly Utf8Dictionary distinct = new();
    byte[] bytes = [];
    int[] offsets = [0];
    int count;
    long codedRows;
    int[] recoded = [];

    /// <param name="keepsAll">Whether the texts are known to be ids.</param>
    public GatheredTexts(bool keepsAll = false) => KeepsAll = keepsAll;

    /// <summary>Whether equal texts may have several codes.</summary>
    public bool KeepsAll { get; private set; }

    public int Count => KeepsAll ? count : distinct.Count;

    /// <summary>The texts by code; valid until the next one is added.</summary>
    public Utf8Values Values => KeepsAll ? new(bytes, offsets.AsSpan(0, count + 1)) : distinct.Values;

    public ReadOnlySpan<byte> this[int code] => code < 0 ? default : KeepsAll ? bytes.AsSpan(offsets[code]..offsets[code + 1]) : distinct.Values[code];

    /// <summary>Forgets all texts.</summary>
    public void Clear(bool keepsAll)
    {
        distinct.Clear();
        count = 0;
        codedRows = 0;
        KeepsAll = keepsAll;
    }

    /// <summary>One text's code.</summary>
    public int CodeOf(ReadOnlySpan<byte> text) => KeepsAll ? Append(text) : distinct.CodeOf(text);

    /// <summary>Codes of some rows of a segment's column; -1 where a row has none.</summary>
    public void Add(TextColumn column, ReadOnlySpan<int> rows, Span<int> into)
    {
        if (!KeepsAll && distinct.Count >= MinTexts && distinct.Count > codedRows * 3 / 4) KeepAll();
        codedRows += rows.Length;
        var texts = column.Dictionary;
        if (recoded.Length < texts.Count) recoded = new int[Math.Max(texts.Count, recoded.Length * 2)];
        recoded.AsSpan(0, texts.Count).Fill(-1);
        for (var i = 0; i < rows.Length; i++)
        {
            var code = column.Codes[rows[i]];
            if (code < 0)
            {
                into[i] = -1;
                continue;
            }
            ref var known = ref recoded[code];
            if (known < 0) known = CodeOf(texts[code]);
            into[i] = known;
        }
    }

    void KeepAll()
    {
        var values = distinct.Values;
        (bytes, offsets, count) = (values.Bytes[..values.TotalBytes].ToArray(), values.Offsets.ToArray(), values.Count);
        KeepsAll = true;
    }

    int Append(ReadOnlySpan<byte> text)
    {
        var start = offsets[count];
        var end = checked(start + text.Length);
        if (end > bytes.Length) Array.Resize(ref bytes, (int)Math.Min(Array.MaxLength, Math.Max(4096, end * 2L)));
        if (count + 2 > offsets.Length) Array.Resize(ref offsets, Math.Max(1024, offsets.Length * 2));
        text.CopyTo(bytes.AsSpan(start));
        offsets[++count] = end;
        return count - 1;
    }
}
