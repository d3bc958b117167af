using Cairn.Storage;

namespace Cairn.Disk.Blobs;

/// <summary>Which content a file has: our puts never give two contents of one name the same time of last write.</summary>
readonly record struct FileVersion(DateTime LastWriteUtc, long Length)
{
    public string ETag => $"{LastWriteUtc.Ticks:x}-{Length:x}";

    /// <summary>Null where there is no file.</summary>
    public static FileVersion? Of(string path)
    {
        // FileInfo reads both from one stat call, at the first property asked for.
        var info = new FileInfo(path);
        return info.Exists ? new FileVersion(info.LastWriteTimeUtc, info.Length) : null;
    }

    public BlobEntry ToEntry(string name) => new(name, Length, ETag, new DateTimeOffset(LastWriteUtc, TimeSpan.Zero));
}
