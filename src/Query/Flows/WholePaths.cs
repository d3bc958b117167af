using System.Runtime.InteropServices;
using Cairn.Query.Turns;

namespace Cairn.Query.Flows;

/// <summary>How many took each whole path.</summary>
/// <remarks>One worker's own. A path is its nodes' numbers, two characters each, so that most are found without making anything.</remarks>
sealed class WholePaths(ReportMemory memory)
{
    const long BytesOfPath = 64;

    readonly Dictionary<string, long> counts = new(StringComparer.Ordinal);

    /// <summary>Counts one path.</summary>
    /// <param name="steps">Nodes, ends and the anchor, in the order of time.</param>
    public void Add(ReadOnlySpan<int> steps)
    {
        var key = MemoryMarshal.Cast<int, char>(steps);
        ref var count = ref CollectionsMarshal.GetValueRefOrAddDefault(counts.GetAlternateLookup<ReadOnlySpan<char>>(), key, out var isKnown);
        if (!isKnown) memory.Take(BytesOfPath + key.Length * sizeof(char), "paths", "ask for fewer steps, hide events, or leave paths out");
        count++;
    }

    public IEnumerable<(int[] Steps, long Count)> All() => counts.Select(path => (MemoryMarshal.Cast<char, int>(path.Key).ToArray(), path.Value));
}
