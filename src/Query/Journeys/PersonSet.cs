namespace Cairn.Query.Journeys;

/// <summary>Some of a shard's persons: a bit a place.</summary>
sealed class PersonSet(int personCount)
{
    readonly ulong[] words = new ulong[(personCount + 63) >> 6];

    public int Count { get; private set; }

    public bool this[int place] => (words[place >> 6] >> (place & 63) & 1) != 0;

    public void Add(int place)
    {
        if (this[place]) return;
        words[place >> 6] |= 1UL << (place & 63);
        Count++;
    }
}
