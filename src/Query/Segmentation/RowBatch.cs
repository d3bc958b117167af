namespace Cairn.Query.Segmentation;

/// <summary>Some rows as numbers, before they are counted: few enough to stay in a core's cache.</summary>
sealed class RowBatch
{
    public const int Capacity = 4096;

    public readonly int[] Series = new int[Capacity], Buckets = new int[Capacity], Persons = new int[Capacity];
    public readonly double[] Values = new double[Capacity];

    public int Count { get; set; }

    /// <param name="bucket">Its complement where the row lies before the range, and is only looked back to.</param>
    public void Add(int series, int bucket, int person, double value)
    {
        (Series[Count], Buckets[Count], Persons[Count], Values[Count]) = (series, bucket, person, value);
        Count++;
    }
}
