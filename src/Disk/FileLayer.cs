using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Cairn.Disk;

/// <summary>The real file system. On Linux and macOS by the system's own calls where .NET has none; on Windows by .NET's.</summary>
/// <remarks>
/// A name is durable only once its folder was flushed: "Calling fsync() does not necessarily ensure that the entry in the directory containing the
/// file has also reached disk. For that an explicit fsync() on a file descriptor for the directory is also needed" (fsync(2)). NTFS writes names
/// to its journal by itself and has no such call.
/// </remarks>
public sealed partial class FileLayer : IFileLayer
{
    /// <summary>It has no state, so one is enough.</summary>
    public static FileLayer Real { get; } = new();

    FileLayer()
    {
    }

    public void WriteNewFile(string path, ReadOnlySpan<byte> content, DateTime lastWriteUtc)
    {
        using var handle = File.OpenHandle(path, FileMode.CreateNew, FileAccess.Write, FileShare.None);
        RandomAccess.Write(handle, content, fileOffset: 0);
        File.SetLastWriteTimeUtc(handle, lastWriteUtc);
        RandomAccess.FlushToDisk(handle);
    }

    public void AppendToFile(string path, ReadOnlySpan<byte> piece)
    {
        using var handle = File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.Write, FileShare.None);
        RandomAccess.Write(handle, piece, RandomAccess.GetLength(handle));
    }

    public void FinishFile(string path, DateTime lastWriteUtc)
    {
        using var handle = File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.Write, FileShare.None);
        File.SetLastWriteTimeUtc(handle, lastWriteUtc);
        RandomAccess.FlushToDisk(handle);
    }

    public bool TryLink(string path, string newPath)
    {
        if (OperatingSystem.IsWindows()) return TryMove(path, newPath);
        if (Link(path, newPath) == 0) return true;
        var error = Marshal.GetLastPInvokeError();
        return error == FileExists ? false : throw Fault("link", newPath, error);
    }

    public void Replace(string path, string newPath) => File.Move(path, newPath, overwrite: true);

    public void Delete(string path) => File.Delete(path);

    public void CreateFolder(string path) => Directory.CreateDirectory(path);

    public void FlushFolder(string path)
    {
        if (OperatingSystem.IsWindows()) return;
        var descriptor = Open(path, ReadOnly);
        if (descriptor < 0) throw Fault("open", path, Marshal.GetLastPInvokeError());
        try
        {
            if (FSync(descriptor) != 0) throw Fault("fsync", path, Marshal.GetLastPInvokeError());
        }
        finally
        {
            // A descriptor opened for reading holds nothing that closing could lose, so its answer is of no use.
            _ = Close(descriptor);
        }
    }

    static bool TryMove(string path, string newPath)
    {
        try
        {
            File.Move(path, newPath, overwrite: false);
            return true;
        }
        catch (IOException) when (File.Exists(newPath))
        {
            return false;
        }
    }

    static IOException Fault(string call, string path, int error) =>
        new($"{call} '{path}': {new Win32Exception(error).Message}", error);

    /// <summary>EEXIST and O_RDONLY have these numbers on Linux, macOS and the BSDs alike.</summary>
    const int FileExists = 17, ReadOnly = 0;

    [LibraryImport("libc", EntryPoint = "link", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Link(string path, string newPath);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int FSync(int descriptor);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Close(int descriptor);
}
