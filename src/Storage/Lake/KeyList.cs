namespace Cairn.Storage.Lake;

/// <summary>Keys as they come, in arrays of one size: nothing is copied when there are more.</summary>
public sealed class KeyList
{
    /// <summary>Keys of an array: half a megabyte, below what the collector treats as large.</summary>
    const int ChunkKeys = 1 << 16, FirstKeys = 1 << 10;

    readonly List<long[]> chunks = [];
    int last;

    public int Count { get; private set; }

    /// <summary>All keys, in the order in which they came.</summary>
    public IEnumerable<ReadOnlyMemory<long>> Chunks => chunks.Select((chunk, i) => (ReadOnlyMemory<long>)chunk.AsMemory(0, i + 1 < chunks.Count ? chunk.Length : last));

    public void Add(long key)
    {
        if (chunks.Count == 0 || last == chunks[^1].Length) Grow();
        chunks[^1][last++] = key;
        Count++;
    }

    void Grow()
    {
        if (chunks.Count > 0 && last < ChunkKeys)
        {
            // The first array alone grows, for most files are small.
            var larger = new long[Math.Min(ChunkKeys, last * 4)];
            chunks[^1].CopyTo(larger, 0);
            chunks[^1] = larger;
            return;
        }
        chunks.Add(new long[chunks.Count == 0 ? FirstKeys : ChunkKeys]);
        last = 0;
    }
}
