using Cairn.Query.Scanning;

namespace Cairn.Query.Funnels;

/// <summary>What a worker does with the attempts it finds: keeps those that count, or only counts them.</summary>
interface IAttempts
{
    /// <summary>Says under which compared filter the attempts come next.</summary>
    void BeginCompared(int comparedIndex);

    /// <summary>Says whose the attempts are that come next.</summary>
    void BeginPerson(int personCode);

    /// <param name="path">The rows of its steps, at least as many as were reached.</param>
    /// <param name="rowNumbers">Each row's number in the shard.</param>
    /// <param name="combination">Which of the person's values held constant; 0 without any.</param>
    /// <param name="bucket">-1 for the whole range.</param>
    void Add(FunnelWalk walk, ReadOnlySpan<int> path, in JourneyRows rows, ReadOnlySpan<int> rowNumbers, int combination, int bucket);

    /// <summary>Reads the values of what was found in a shard under a compared filter, and lets count what counts.</summary>
    void Settle(PartColumns part);
}
