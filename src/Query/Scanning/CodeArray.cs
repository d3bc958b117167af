namespace Cairn.Query.Scanning;

/// <summary>A code a row, in as few bytes as the greatest code allows. Never changes.</summary>
/// <remarks>
/// Stored one higher than they are, so that 0 is a row without a code and an unsigned byte holds the codes 0 to 254. Loops over many rows
/// take the stored numbers (<see cref="Bytes"/>, <see cref="Shorts"/>, <see cref="Wide"/>: one of them is not empty); the indexer is for single rows.
/// </remarks>
public sealed partial class CodeArray
{
    readonly byte[]? bytes;
    readonly ushort[]? shorts;
    readonly int[]? wide;

    CodeArray(byte[]? bytes, ushort[]? shorts, int[]? wide) => (this.bytes, this.shorts, this.wide) = (bytes, shorts, wide);

    /// <summary>Takes over an array of stored numbers: each a code and one more, 0 for none.</summary>
    public static CodeArray Of(byte[] stored) => new(stored, null, null);

    public static CodeArray Of(ushort[] stored) => new(null, stored, null);

    public static CodeArray Of(int[] stored) => new(null, null, stored);

    /// <summary>Whether codes up to a count fit into stored numbers of a width.</summary>
    public static int BytesFor(int codeCount) => codeCount <= byte.MaxValue ? 1 : codeCount <= ushort.MaxValue ? 2 : 4;

    public int Length => bytes?.Length ?? shorts?.Length ?? wide!.Length;

    public long MemoryBytes => bytes?.Length ?? 2L * shorts?.Length ?? 4L * wide!.Length;

    public ReadOnlySpan<byte> Bytes => bytes;

    public ReadOnlySpan<ushort> Shorts => shorts;

    public ReadOnlySpan<int> Wide => wide;

    /// <summary>A row's code; -1 where it has none.</summary>
    public int this[int row] => (bytes is not null ? bytes[row] : shorts is not null ? shorts[row] : wide![row]) - 1;
}
