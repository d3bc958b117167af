using System.Numerics;
using Cairn.Query.Journeys;

namespace Cairn.Query.Retention;

/// <summary>The counts of one series, filled person by person.</summary>
/// <remarks>A row counts a person once, however many of their births lie in it: until the next row or person it is kept aside.</remarks>
sealed class SeriesCells(RetentionRules rules, CompleteBuckets complete, CellBudget budget, bool withSums) : IRetentionCells
{
    /// <summary>Whether a person may be in several rows: then those of all rows together are counted as well. Else they follow from the rows.</summary>
    readonly bool isTogetherCounted = rules.Births == Definitions.Births.Recurring;

    /// <summary>Memory of a series in which nobody counts yet: its object, a reference and a size for each row, three numbers for each bucket.</summary>
    public static long BytesOf(RetentionRules rules) => 400 + 20L * rules.RowCount + 12L * rules.BucketCount;

    readonly ulong[] rowBits = new ulong[rules.WordCount];
    readonly ulong[] everBits = new ulong[rules.WordCount];
    int person = -1, row = -1, completeSoFar;
    bool hasSums;

    /// <summary>How many people each row has.</summary>
    public int[] Sizes { get; } = new int[rules.RowCount];

    /// <summary>How many of a row's people count in each bucket; null where nobody was born.</summary>
    public int[]?[] Counts { get; } = new int[rules.RowCount][];

    public double[]?[] Sums { get; } = new double[withSums ? rules.RowCount : 0][];

    public int People { get; private set; }

    /// <summary>People by the number of buckets that are complete in some row of theirs.</summary>
    public int[] PeopleByComplete { get; } = new int[rules.BucketCount + 1];

    public int[] TogetherCounts { get; } = new int[rules.BucketCount];

    /// <summary>Whose names are wanted; null: nobody's.</summary>
    public WatchedCell? Watched { get; init; }

    /// <summary>Adds one birth; those of a person follow each other, ascending.</summary>
    /// <param name="bits">The buckets in which the person counts after it.</param>
    /// <param name="sums">What they brought; taken of a row's first birth with any return.</param>
    public void Add(int ofPerson, int inRow, ReadOnlySpan<ulong> bits, ReadOnlySpan<double> sums)
    {
        if (ofPerson != person) FinishPerson();
        if (inRow != row || ofPerson != person)
        {
            FinishRow();
            (person, row, hasSums) = (ofPerson, inRow, false);
        }
        if (withSums && !hasSums && bits.ContainsAnyExcept(0UL))
        {
            AddSums(sums);
            hasSums = true;
        }
        for (var word = 0; word < bits.Length; word++) rowBits[word] |= bits[word];
    }

    /// <summary>Counts who was added last, and all rows together. To be called after all.</summary>
    public void Finish()
    {
        FinishPerson();
        if (isTogetherCounted) return;
        for (var ofRow = 0; ofRow < Sizes.Length; ofRow++)
        {
            People += Sizes[ofRow];
            PeopleByComplete[complete[ofRow]] += Sizes[ofRow];
            if (Counts[ofRow] is { } counts)
                for (var bucket = 0; bucket < complete[ofRow]; bucket++) TogetherCounts[bucket] += counts[bucket];
        }
    }

    void FinishPerson()
    {
        FinishRow();
        if (person < 0) return;
        if (isTogetherCounted)
        {
            People++;
            PeopleByComplete[completeSoFar]++;
            Count(everBits, TogetherCounts);
        }
        Watched?.SeeTogether(person, everBits);
        Array.Clear(everBits);
        (person, completeSoFar) = (-1, 0);
    }

    void FinishRow()
    {
        if (row < 0) return;
        Sizes[row]++;
        Count(rowBits, Counts[row] ??= budget.Take(rules.BucketCount));
        Watched?.SeeRow(person, row, rowBits);
        for (var word = 0; word < rowBits.Length; word++) everBits[word] |= rowBits[word] & complete.BitsOf(row)[word];
        completeSoFar = Math.Max(completeSoFar, complete[row]);
        Array.Clear(rowBits);
        row = -1;
    }

    void AddSums(ReadOnlySpan<double> sums)
    {
        var own = Sums[row];
        if (own is null)
        {
            budget.Take(0, 2 * rules.BucketCount);
            Sums[row] = own = new double[rules.BucketCount];
        }
        for (var bucket = 0; bucket < own.Length; bucket++) own[bucket] += sums[bucket];
    }

    static void Count(ReadOnlySpan<ulong> bits, int[] counts)
    {
        for (var word = 0; word < bits.Length; word++)
            for (var left = bits[word]; left != 0; left &= left - 1) counts[word * 64 + BitOperations.TrailingZeroCount(left)]++;
    }
}

/// <summary>Which buckets of each row are complete: the first so many.</summary>
sealed class CompleteBuckets
{
    readonly int[] counts;
    readonly ulong[][] bits;

    public CompleteBuckets(RetentionRules rules)
    {
        counts = [.. Enumerable.Range(0, rules.RowCount).Select(rules.CompleteIn)];
        bits = [.. counts.Select(count => Enumerable.Range(0, rules.WordCount).Select(word => RetentionKernel.FirstBits(count - word * 64)).ToArray())];
    }

    public int this[int row] => counts[row];

    public ReadOnlySpan<ulong> BitsOf(int row) => bits[row];
}

/// <summary>A cell whose people are wanted, in one worker's series.</summary>
/// <param name="row">-1: all rows together.</param>
/// <param name="bucket">-1: all who were born.</param>
sealed class WatchedCell(int row, int bucket)
{
    /// <summary>Codes of the people seen.</summary>
    public List<int> People { get; } = [];

    public void SeeRow(int person, int inRow, ReadOnlySpan<ulong> bits)
    {
        if (inRow == row && IsIn(bits)) People.Add(person);
    }

    public void SeeTogether(int person, ReadOnlySpan<ulong> bits)
    {
        if (row < 0 && IsIn(bits)) People.Add(person);
    }

    bool IsIn(ReadOnlySpan<ulong> bits) => bucket < 0 || (bits[bucket >> 6] >> bucket & 1) != 0;
}
