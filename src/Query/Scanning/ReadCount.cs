namespace Cairn.Query.Scanning;

/// <summary>What a report had to look at.</summary>
public sealed class ReadCount
{
    long bytes;

    /// <summary>Memory of the columns that the report asked files for, whether or not they were decoded already.</summary>
    public long Bytes => Interlocked.Read(ref bytes);

    public void Add(long columnBytes) => Interlocked.Add(ref bytes, columnBytes);
}
