using Cairn.Storage;

namespace Cairn.Disk;

/// <summary>Keeps a data folder for one process: a second server started on it would break what the first keeps in memory.</summary>
/// <remarks>The operating system gives the lock back when the process ends, however it ends.</remarks>
public sealed class DataFolderLock : IDisposable
{
    const string FileName = "in-use.lock";

    static readonly Lock Gate = new();
    static readonly Dictionary<string, (FileStream File, int Holders)> Taken = new(StringComparer.Ordinal);

    readonly string _path;
    bool _isGivenBack;

    /// <exception cref="StorageUnavailableException">Another process uses the folder, or it can't be written.</exception>
    public DataFolderLock(string dataFolder)
    {
        Directory.CreateDirectory(dataFolder);
        _path = Path.Combine(Path.GetFullPath(dataFolder), FileName);
        lock (Gate)
        {
            Taken[_path] = Taken.TryGetValue(_path, out var taken) ? (taken.File, taken.Holders + 1) : (Open(), 1);
        }
    }

    public void Dispose()
    {
        lock (Gate)
        {
            if (_isGivenBack) return;
            _isGivenBack = true;
            var (file, holders) = Taken[_path];
            if (holders > 1)
            {
                Taken[_path] = (file, holders - 1);
                return;
            }
            Taken.Remove(_path);
            file.Dispose();
        }
    }

    FileStream Open()
    {
        try
        {
            return new FileStream(_path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StorageUnavailableException($"The data folder '{Path.GetDirectoryName(_path)}' is in use by another process, or can't be written: {e.Message}", e);
        }
    }
}
