using Cairn.Storage.Parquet.Encodings;
using Cairn.Storage.Parquet.Writing;

namespace Cairn.Storage.Parquet;

public sealed partial class ParquetWriter
{
    /// <summary>Writes texts by code, one a row.</summary>
    /// <param name="texts">What the codes mean; those that no row uses stay out of the file.</param>
    /// <param name="codes">From 0, -1 for null.</param>
    public void WriteText(int column, Utf8Values texts, ReadOnlySpan<int> codes)
    {
        RequireOneARow(codes.Length);
        var present = integers.Of(codes.Length);
        var presence = Presence.Of(codes, masks.Array(Bits.WordsOf(codes.Length)), present);
        WriteText(column, presence, texts, present[..presence.PresentCount]);
    }

    /// <summary>Writes the texts of <paramref name="rows"/> by code; all others are null.</summary>
    public void WriteText(int column, Utf8Values texts, ReadOnlySpan<int> codes, ReadOnlySpan<int> rows)
    {
        RequireOneEach(codes.Length, rows.Length);
        var present = integers.Of(codes.Length);
        codes.CopyTo(present);
        WriteText(column, Presence.Of(rows, rowCount, masks.Array(Bits.WordsOf(rowCount))), texts, present);
    }

    /// <summary>Writes texts that hardly repeat (ids), one a row, none null: no dictionary is tried.</summary>
    public void WriteText(int column, Utf8Values texts)
    {
        RequireOneARow(texts.Count);
        WritePlainTexts(column, Presence.All(rowCount), texts);
    }

    /// <summary>Writes texts that hardly repeat; text i is that of row rows[i], all others are null.</summary>
    public void WriteDistinctText(int column, Utf8Values texts, ReadOnlySpan<int> rows)
    {
        RequireOneEach(texts.Count, rows.Length);
        WritePlainTexts(column, Presence.Of(rows, rowCount, masks.Array(Bits.WordsOf(rowCount))), texts);
    }

    void WritePlainTexts(int column, Presence presence, Utf8Values texts)
    {
        var leaf = FlatLeaf(column, PhysicalType.ByteArray);
        RequireNoNulls(leaf, presence);
        WritePages(leaf, presence, new PlainTexts(texts), RowsPerPage(texts.TotalBytes + (4L * texts.Count)));
        FinishChunk(column, new ColumnChunkInfo { ValueCount = rowCount, NullCount = presence.NullCount });
    }

    /// <param name="codes">Of the rows that hold a text; overwritten with the codes of the file's dictionary.</param>
    void WriteText(int column, Presence presence, Utf8Values texts, Span<int> codes)
    {
        var leaf = FlatLeaf(column, PhysicalType.ByteArray);
        RequireNoNulls(leaf, presence);
        var plan = TextPlan.Make(texts, codes, codeMap);
        if (plan.UsesDictionary)
        {
            Plain.Encode(texts, plan.Used, chunk.BeginDictionary(plan.Used.Length));
            plan.Recode(codes);
            WritePages(leaf, presence, new DictionaryCodes(codes, plan.Width));
        }
        else
        {
            WritePages(leaf, presence, new PlainTextsByCode(texts, codes), RowsPerPage(plan.PlainBytes));
        }
        FinishChunk(column, new ColumnChunkInfo { ValueCount = rowCount, NullCount = presence.NullCount });
    }

    /// <summary>A multiple of 64 rows that brings a page near its size.</summary>
    int RowsPerPage(long bytes) =>
        bytes <= WriterLimits.PageBytes ? WriterLimits.MaxRowsPerPage
        : (int)Math.Clamp(rowCount * (long)WriterLimits.PageBytes / bytes / 64 * 64, 64, WriterLimits.MaxRowsPerPage);
}
