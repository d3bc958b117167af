namespace Cairn.Storage.Compaction;

/// <summary>One of the 2^depth equal parts of all hashes of persons.</summary>
/// <param name="Depth">0 to <see cref="MaxDepth"/>; 0 is all of them.</param>
/// <param name="Index">From 0, in the order of hashes taken as unsigned.</param>
public readonly record struct HashRange(int Depth, int Index)
{
    /// <summary>65,536 parts of a month: files of <see cref="MergeLimits.TargetBytes"/> then hold eight terabytes of it.</summary>
    public const int MaxDepth = 16;

    public static HashRange All => default;

    /// <summary>The smallest hash in it.</summary>
    public ulong First => Depth == 0 ? 0 : (ulong)Index << (64 - Depth);

    /// <summary>The largest hash in it.</summary>
    public ulong Last => Depth == 0 ? ulong.MaxValue : First + (ulong.MaxValue >> Depth);

    /// <summary>Its two halves, in order.</summary>
    public (HashRange Lower, HashRange Upper) Halves => (new(Depth + 1, Index * 2), new(Depth + 1, (Index * 2) + 1));

    /// <summary>The parts of this many halvings, in order.</summary>
    public IEnumerable<HashRange> Split(int halvings)
    {
        for (var part = 0; part < 1 << halvings; part++) yield return new(Depth + halvings, (Index << halvings) + part);
    }

    /// <summary>Whether a hash is in it.</summary>
    public bool Contains(ulong hash) => hash >= First && hash <= Last;
}
