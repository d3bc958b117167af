using Cairn.Storage.Delta;
using Cairn.Storage.Rows;

namespace Cairn.Storage.Lake.Writing;

/// <summary>Brings columns of a range into the order of files, one after the other in the same memory, and gives them to the row groups.</summary>
sealed class SlotColumns(RowRange range, RestRows? rest, GroupWriter writer)
{
    readonly int[] codes = new int[range.Count];
    readonly int[] slotOf = SlotsOf(range);
    readonly GatheredTexts texts = new();
    int[] added = [];
    long[]? longs;
    double[]? doubles;
    sbyte[]? flags;

    /// <summary>Writes a column of texts that is gathered already.</summary>
    public void Write(int column, KeyTexts gathered)
    {
        if (!gathered.IsEmpty) Write(column, gathered.Texts, gathered.Codes);
    }

    /// <param name="byRow">Codes by row number.</param>
    public void Write(int column, GatheredTexts gathered, ReadOnlySpan<int> byRow)
    {
        for (var slot = 0; slot < codes.Length; slot++) codes[slot] = byRow[range.Order[slot]];
        writer.WriteTexts(column, gathered, codes);
    }

    /// <summary>Writes whole numbers that are known by row number.</summary>
    public void Write(int column, ReadOnlySpan<long> byRow)
    {
        longs ??= new long[range.Count];
        for (var slot = 0; slot < longs.Length; slot++) longs[slot] = byRow[range.Order[slot]];
        writer.WriteInt64(column, longs);
    }

    /// <summary>The column of whole numbers that was written last, by slot.</summary>
    public ReadOnlySpan<long> Longs => longs;

    /// <summary>Gathers a column from the sources and writes it.</summary>
    public async ValueTask GatherAsync(int column, string rowName, DeltaType type, CancellationToken cancellationToken)
    {
        switch (type)
        {
            case DeltaType.String: await GatherTextsAsync(column, rowName, cancellationToken); break;
            case DeltaType.Double: await GatherDoublesAsync(column, rowName, cancellationToken); break;
            case DeltaType.Boolean: await GatherFlagsAsync(column, rowName, cancellationToken); break;
            default: await GatherLongsAsync(column, rowName, cancellationToken); break;
        }
    }

    async ValueTask GatherTextsAsync(int column, string rowName, CancellationToken cancellationToken)
    {
        texts.Clear(keepsAll: false);
        Array.Fill(codes, -1);
        var isEmpty = true;
        foreach (var part in range.Parts)
        {
            if (await part.Segment.ReadAsync(rowName, cancellationToken) is not TextColumn read) continue;
            isEmpty = false;
            if (added.Length < part.Rows.Length) added = new int[part.Rows.Length];
            texts.Add(read, part.Rows, added.AsSpan(0, part.Rows.Length));
            for (var i = 0; i < part.Rows.Length; i++) codes[slotOf[part.First + i]] = added[i];
        }
        if (rest?.Of(rowName) is { } more)
        {
            isEmpty = false;
            for (var i = 0; i < more.Rows.Count; i++) codes[slotOf[more.Rows[i]]] = texts.CodeOf(more.Texts[i]);
        }
        if (!isEmpty) writer.WriteTexts(column, texts, codes);
    }

    async ValueTask GatherDoublesAsync(int column, string rowName, CancellationToken cancellationToken)
    {
        doubles ??= new double[range.Count];
        Array.Fill(doubles, double.NaN);
        var isEmpty = true;
        foreach (var part in range.Parts)
        {
            if (await part.Segment.ReadAsync(rowName, cancellationToken) is not DoubleColumn read) continue;
            isEmpty = false;
            for (var i = 0; i < part.Rows.Length; i++) doubles[slotOf[part.First + i]] = read.Values[part.Rows[i]];
        }
        if (rest?.Of(rowName) is { } more)
        {
            isEmpty = false;
            for (var i = 0; i < more.Rows.Count; i++) doubles[slotOf[more.Rows[i]]] = more.Numbers[i];
        }
        if (!isEmpty) writer.WriteDoubles(column, doubles);
    }

    async ValueTask GatherFlagsAsync(int column, string rowName, CancellationToken cancellationToken)
    {
        flags ??= new sbyte[range.Count];
        Array.Fill(flags, BooleanColumn.Null);
        var isEmpty = true;
        foreach (var part in range.Parts)
        {
            if (await part.Segment.ReadAsync(rowName, cancellationToken) is not BooleanColumn read) continue;
            isEmpty = false;
            for (var i = 0; i < part.Rows.Length; i++) flags[slotOf[part.First + i]] = read.Values[part.Rows[i]];
        }
        if (rest?.Of(rowName) is { } more)
        {
            isEmpty = false;
            for (var i = 0; i < more.Rows.Count; i++) flags[slotOf[more.Rows[i]]] = more.Flags[i] ? (sbyte)1 : (sbyte)0;
        }
        if (!isEmpty) writer.WriteBooleans(column, flags);
    }

    async ValueTask GatherLongsAsync(int column, string rowName, CancellationToken cancellationToken)
    {
        longs ??= new long[range.Count];
        Array.Fill(longs, Int64Column.Null);
        foreach (var part in range.Parts)
        {
            if (await part.Segment.ReadAsync(rowName, cancellationToken) is not Int64Column read) continue;
            for (var i = 0; i < part.Rows.Length; i++) longs[slotOf[part.First + i]] = read.Values[part.Rows[i]];
        }
        writer.WriteInt64(column, longs);
    }

    static int[] SlotsOf(RowRange range)
    {
        var slots = new int[range.Count];
        for (var slot = 0; slot < slots.Length; slot++) slots[range.Order[slot]] = slot;
        return slots;
    }
}
