using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Cairn.Shims.StreamLog;

/// <summary>The file operations of the stream log; tests put one in its place that loses, tears or refuses writes.</summary>
public partial class FileLayer
{
    /// <summary>The operating system's.</summary>
    public static FileLayer Real { get; } = new();

    /// <summary>Opens for reading and writing; readers may have it open too, and it may be deleted meanwhile.</summary>
    public virtual SafeFileHandle Open(string path, FileMode mode) =>
        File.OpenHandle(path, mode, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);

    /// <summary>Opens for reading.</summary>
    public virtual SafeFileHandle OpenRead(string path) =>
        File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);

    /// <summary>Writes all of <paramref name="bytes"/> at <paramref name="offset"/>; durable only after <see cref="Flush"/>.</summary>
    public virtual void Write(SafeFileHandle file, ReadOnlySpan<byte> bytes, long offset) => RandomAccess.Write(file, bytes, offset);

    /// <summary>Reads what there is, up to the span's length.</summary>
    public virtual int Read(SafeFileHandle file, Span<byte> into, long offset)
    {
        var read = 0;
        while (read < into.Length && RandomAccess.Read(file, into[read..], offset + read) is > 0 and var more) read += more;
        return read;
    }

    /// <summary>Cuts or extends a file.</summary>
    public virtual void SetLength(SafeFileHandle file, long length) => RandomAccess.SetLength(file, length);

    /// <summary>Returns once everything written to the file would survive the machine's sudden end.</summary>
    public virtual void Flush(SafeFileHandle file) => RandomAccess.FlushToDisk(file);

    /// <summary>The same for the names in a folder: files made, renamed and deleted.</summary>
    public virtual void FlushFolder(string path)
    {
        // Windows keeps names by its own journal and has no call for it.
        if (OperatingSystem.IsWindows()) return;
        var folder = OpenFile(path, 0);
        if (folder < 0) throw new IOException($"can't open folder {path}: error {Marshal.GetLastPInvokeError()}");
        var failed = SyncFile(folder);
        var error = Marshal.GetLastPInvokeError();
        _ = CloseFile(folder);
        if (failed != 0) throw new IOException($"can't flush folder {path}: error {error}");
    }

    /// <summary>Puts a file in another's place, atomically.</summary>
    public virtual void Replace(string from, string to) => File.Move(from, to, overwrite: true);

    /// <summary>Removes a file.</summary>
    public virtual void Delete(string path) => File.Delete(path);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int OpenFile(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int SyncFile(int descriptor);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    private static partial int CloseFile(int descriptor);
}
