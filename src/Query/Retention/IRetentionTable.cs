namespace Cairn.Query.Retention;

/// <summary>Series that somebody counted, each with its numbers: a worker of ours, or another engine.</summary>
interface IRetentionTable
{
    /// <summary>The series of all under one compared filter.</summary>
    IRetentionCells Overall(int compared);

    /// <summary>The series under one compared filter, with their values as text.</summary>
    IEnumerable<(string[] Keys, IRetentionCells Cells)> Of(int compared);
}

/// <summary>The counts of one series.</summary>
interface IRetentionCells
{
    /// <summary>How many people each row has.</summary>
    int[] Sizes { get; }

    /// <summary>How many of a row's people count in each bucket; null where nobody was born.</summary>
    int[]?[] Counts { get; }

    /// <summary>What a row's people brought in each bucket; empty where no number is added up.</summary>
    double[]?[] Sums { get; }

    int People { get; }

    /// <summary>People by the number of buckets that are complete in some row of theirs.</summary>
    int[] PeopleByComplete { get; }

    int[] TogetherCounts { get; }
}
