namespace Cairn.Query.Segmentation;

/// <summary>The rows that count, as numbers: which series, which bucket, whose, and how much.</summary>
sealed class GatheredRows(bool withPersons, bool withValues)
{
    /// <summary>Rows of one report: about 1 GB of work space. A report past it is told to ask for less.</summary>
    public const int MaxRows = 50_000_000;

    int[] series = [];
    int[] buckets = [];
    int[] persons = [];
    double[] values = [];

    public int Count { get; private set; }

    public ReadOnlySpan<int> Series => series.AsSpan(0, Count);

    public ReadOnlySpan<int> Buckets => buckets.AsSpan(0, Count);

    /// <summary>-1 for nobody; empty where persons do not matter.</summary>
    public ReadOnlySpan<int> Persons => persons.AsSpan(0, withPersons ? Count : 0);

    /// <summary>Empty where only events are counted.</summary>
    public ReadOnlySpan<double> Values => values.AsSpan(0, withValues ? Count : 0);

    public void Add(int seriesIndex, int bucket, int person, double value)
    {
        if (Count == series.Length) Grow(Math.Max(1024, Count * 2));
        series[Count] = seriesIndex;
        buckets[Count] = bucket;
        if (withPersons) persons[Count] = person;
        if (withValues) values[Count] = value;
        Count++;
    }

    /// <summary>Adds the rows of another worker, whose series have other numbers.</summary>
    public void Add(GatheredRows other, ReadOnlySpan<int> seriesOfTheirs)
    {
        if (Count + other.Count > series.Length) Grow(Count + other.Count);
        for (var i = 0; i < other.Count; i++) series[Count + i] = seriesOfTheirs[other.series[i]];
        other.Buckets.CopyTo(buckets.AsSpan(Count));
        other.Persons.CopyTo(persons.AsSpan(withPersons ? Count : 0));
        other.Values.CopyTo(values.AsSpan(withValues ? Count : 0));
        Count += other.Count;
    }

    void Grow(int capacity)
    {
        if (capacity > MaxRows && Count >= MaxRows)
            throw new Definitions.DefinitionException("range", $"the report counts more than {MaxRows} events at once; ask for a shorter range or a stricter filter");
        capacity = Math.Min(capacity, MaxRows);
        Array.Resize(ref series, capacity);
        Array.Resize(ref buckets, capacity);
        if (withPersons) Array.Resize(ref persons, capacity);
        if (withValues) Array.Resize(ref values, capacity);
    }
}
