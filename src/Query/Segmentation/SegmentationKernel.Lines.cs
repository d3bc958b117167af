using Cairn.Query.Definitions;

namespace Cairn.Query.Segmentation;

/// <summary>The loops over rows that go straight into their cells. A series' cell of a bucket is its number times the buckets, plus the bucket.</summary>
static partial class SegmentationKernel
{
    /// <summary>Rows whose buckets are looked up together: few rows of many lie far apart in memory, and so the waits for them overlap.</summary>
    const int RowsOfBlock = 256;

    /// <summary>Counts rows.</summary>
    /// <param name="cells">Added to, one count a bucket of each series.</param>
    /// <param name="wholes">Added to, one count a series.</param>
    public static void CountRows(in LineRows picked, Span<long> cells, Span<long> wholes)
    {
        var (bucketCount, only) = (picked.Buckets.Count, picked.OnlySeries * picked.Buckets.Count);
        var axis = new RowBuckets(picked);
        Span<int> buckets = stackalloc int[RowsOfBlock];
        for (var first = 0; first < picked.Rows.Length; first += RowsOfBlock)
        {
            var own = axis.Fill(picked.Rows, first, buckets);
            var series = picked.Series.IsEmpty ? [] : picked.Series.Slice(first, own.Length);
            if (series.IsEmpty)
                foreach (var bucket in own) cells[only + bucket]++;
            else
                for (var i = 0; i < series.Length; i++)
                    if (series[i] >= 0) cells[series[i] * bucketCount + own[i]]++;
        }
        CountRows(picked, wholes);
    }

    /// <summary>Counts the rows of each series as a whole.</summary>
    /// <param name="wholes">Added to, one count a series.</param>
    public static void CountRows(in LineRows picked, Span<long> wholes)
    {
        var numbers = picked.Numbers;
        if (numbers.IsEmpty && picked.Series.IsEmpty)
        {
            wholes[picked.OnlySeries] += picked.Rows.Length;
            return;
        }
        for (var i = 0; i < picked.Rows.Length; i++)
        {
            var own = picked.Series.IsEmpty ? picked.OnlySeries : picked.Series[i];
            if (own >= 0 && (numbers.IsEmpty || !double.IsNaN(numbers[i]))) wholes[own]++;
        }
    }

    /// <summary>Counts different persons; rows of nobody count nowhere.</summary>
    /// <param name="lastPersons">Work space, one a cell, holding no number of these persons; so is <paramref name="lastOfWholes"/>, one a series.</param>
    /// <param name="cells">Added to, one count a bucket of each series.</param>
    /// <param name="wholes">Added to, one count a series.</param>
    public static void CountPersons(in LineRows picked, Span<int> lastPersons, Span<long> cells, Span<int> lastOfWholes, Span<long> wholes)
    {
        var rows = picked.Rows;
        var starts = picked.Starts;
        var bucketCount = picked.Buckets.Count;
        if (picked.PersonCount == 0) return;
        var (place, personEnd, only) = (-1, 0, picked.OnlySeries);
        var axis = new RowBuckets(picked);
        Span<int> buckets = stackalloc int[RowsOfBlock];
        for (var first = 0; first < rows.Length; first += RowsOfBlock)
        {
            var own = axis.Fill(rows, first, buckets);
            var block = rows.Slice(first, own.Length);
            var series = picked.Series.IsEmpty ? [] : picked.Series.Slice(first, own.Length);
            for (var i = 0; i < block.Length; i++)
            {
                while (block[i] >= personEnd) personEnd = starts[++place + 1];
                var ofRow = series.IsEmpty ? only : series[i];
                if (ofRow < 0) continue;
                var cell = ofRow * bucketCount + own[i];
                var person = picked.FirstPerson + place;
                if (lastPersons[cell] == person) continue;
                lastPersons[cell] = person;
                cells[cell]++;
                if (lastOfWholes[ofRow] == person) continue;
                lastOfWholes[ofRow] = person;
                wholes[ofRow]++;
            }
        }
    }

    /// <summary>Adds up numbers, in the order of the rows.</summary>
    /// <param name="cells">Added to, one sum a bucket of each series.</param>
    /// <param name="wholes">Added to, one sum a series.</param>
    public static void Sum(in LineRows picked, Span<double> cells, Span<double> wholes)
    {
        var bucketCount = picked.Buckets.Count;
        var axis = new RowBuckets(picked);
        Span<int> buckets = stackalloc int[RowsOfBlock];
        for (var first = 0; first < picked.Rows.Length; first += RowsOfBlock)
        {
            var own = axis.Fill(picked.Rows, first, buckets);
            var numbers = picked.Numbers.Slice(first, own.Length);
            var series = picked.Series.IsEmpty ? [] : picked.Series.Slice(first, own.Length);
            for (var i = 0; i < numbers.Length; i++)
            {
                var ofRow = series.IsEmpty ? picked.OnlySeries : series[i];
                if (ofRow < 0 || double.IsNaN(numbers[i])) continue;
                cells[ofRow * bucketCount + own[i]] += numbers[i];
                wholes[ofRow] += numbers[i];
            }
        }
    }

    /// <summary>Each row's bucket: by its slot, and by its time where a slot is of several buckets.</summary>
    readonly ref struct RowBuckets
    {
        readonly ReadOnlySpan<long> times;
        readonly ReadOnlySpan<ushort> slots;
        readonly ReadOnlySpan<int> bucketOf;
        readonly Buckets buckets;
        readonly int shift;

        public RowBuckets(in LineRows picked)
        {
            times = picked.Times;
            buckets = picked.Buckets;
            if (buckets.BySlot(picked.Slots.LengthMs) is not { } table) return;
            slots = picked.Slots.Numbers;
            bucketOf = table.BucketOf;
            shift = (int)(picked.Slots.First - table.First);
        }

        /// <summary>The buckets of a block of rows, as many as there are.</summary>
        public ReadOnlySpan<int> Fill(ReadOnlySpan<int> all, int first, Span<int> result)
        {
            var rows = all.Slice(first, Math.Min(RowsOfBlock, all.Length - first));
            result = result[..rows.Length];
            if (slots.IsEmpty)
            {
                for (var i = 0; i < rows.Length; i++) result[i] = buckets.IndexOf(times[rows[i]]);
                return result;
            }
            var least = 0;
            for (var i = 0; i < rows.Length; i++) least |= result[i] = bucketOf[slots[rows[i]] + shift];
            if (least < 0)
                for (var i = 0; i < rows.Length; i++)
                    if (result[i] == Buckets.SlotTable.Several) result[i] = buckets.IndexOf(times[rows[i]]);
            return result;
        }
    }
}
