namespace Cairn.Query.Scanning;

/// <summary>What a report had to read that was not in memory yet.</summary>
public sealed class ReadCount
{
    long bytes;

    /// <summary>Memory of the columns decoded for this report.</summary>
    public long Bytes => Interlocked.Read(ref bytes);

    public void Add(long decodedBytes) => Interlocked.Add(ref bytes, decodedBytes);
}
