using Microsoft.Win32.SafeHandles;

namespace Cairn.Disk.Blobs;

/// <summary>A file opened for reading; it stays what it was even while a put or a delete takes its name away.</summary>
sealed class OpenFile(SafeFileHandle handle) : IDisposable
{
    public long Length { get; } = RandomAccess.GetLength(handle);

    public FileVersion Version => new(File.GetLastWriteTimeUtc(handle), Length);

    /// <summary>Null where there is no file.</summary>
    public static OpenFile? TryOpen(string path)
    {
        try
        {
            return new OpenFile(File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete));
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException || (e is UnauthorizedAccessException && Directory.Exists(path)))
        {
            return null;
        }
    }

    /// <summary>Bytes read, less than asked for only at the end.</summary>
    public int Read(long offset, Span<byte> into)
    {
        var total = 0;
        while (total < into.Length)
        {
            var count = RandomAccess.Read(handle, into[total..], offset + total);
            if (count == 0) break;
            total += count;
        }
        return total;
    }

    public void Dispose() => handle.Dispose();
}
