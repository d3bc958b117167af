using Cairn.Query.Turns;

namespace Cairn.Query.Sessions;

/// <summary>What one worker counted for one bucket of one series, or for the whole of it.</summary>
sealed class SessionCell
{
    /// <summary>Bytes of a cell without its lengths.</summary>
    public const long Bytes = 96;

    const int FewestLengths = 4;

    long[] lengths = [];

    /// <summary>Different persons.</summary>
    public UserCount Users = new();

    public long Sessions { get; private set; }

    public long Events { get; private set; }

    public long TotalMs { get; private set; }

    /// <summary>Sessions of one event or one moment: by far the most, and so only counted.</summary>
    public long Instants { get; private set; }

    /// <summary>The lengths of the others, milliseconds.</summary>
    public ReadOnlySpan<long> Lengths => lengths.AsSpan(0, LengthCount);

    public int LengthCount { get; private set; }

    public void Add(long lengthMs, int events, ReportMemory memory)
    {
        Sessions++;
        Events += events;
        if (lengthMs == 0)
        {
            Instants++;
            return;
        }
        TotalMs += lengthMs;
        if (LengthCount == lengths.Length)
        {
            var capacity = Math.Max(FewestLengths, lengths.Length * 2);
            memory.Take((long)(capacity - lengths.Length) * sizeof(long), "range", "percentiles look at all lengths at once; ask for a shorter range, or filter");
            Array.Resize(ref lengths, capacity);
        }
        lengths[LengthCount++] = lengthMs;
    }
}

/// <summary>Counts each person once, however often: persons come one after the other.</summary>
struct UserCount()
{
    int last = -1;

    public int Count { get; private set; }

    public void Add(int person)
    {
        if (person == last) return;
        last = person;
        Count++;
    }
}
