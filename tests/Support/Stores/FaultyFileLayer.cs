using Cairn.Disk;

namespace Cairn.Support.Stores;

/// <summary>What happens to one step.</summary>
public enum FileFault
{
    None,

    /// <summary>Nothing happens on the disk, and the step throws "No space left on device".</summary>
    NoSpace,

    /// <summary>Half of the bytes reach the file, then the step throws. Steps that write no bytes fail as with <see cref="NoSpace"/>.</summary>
    TornWrite,

    /// <summary>The power goes off before the step: everything unflushed is forgotten, and every later step throws.</summary>
    PowerCut,
}

/// <summary>
/// The real file system, which remembers how to undo every name not flushed yet, so that a test can cut the power before any step and look at what is left.
/// </summary>
/// <param name="decide">Asked before each step with its number, from 0.</param>
public sealed class FaultyFileLayer(Func<int, FileFault> decide) : IFileLayer
{
    readonly List<(string Folder, Action Undo)> _unflushed = [];
    bool _isOff;

    /// <summary>Steps taken so far.</summary>
    public int StepCount { get; private set; }

    public void WriteNewFile(string path, ReadOnlySpan<byte> content, DateTime lastWriteUtc)
    {
        Step(path, content.ToArray());
        FileLayer.Real.WriteNewFile(path, content, lastWriteUtc);
        Remember(path, () => File.Delete(path));
    }

    public void AppendToFile(string path, ReadOnlySpan<byte> piece)
    {
        Step();
        var length = File.Exists(path) ? new FileInfo(path).Length : 0;
        FileLayer.Real.AppendToFile(path, piece);
        Remember(path, () =>
        {
            if (length == 0) File.Delete(path);
            else if (File.Exists(path)) using (var file = File.OpenWrite(path)) file.SetLength(length);
        });
    }

    public void FinishFile(string path, DateTime lastWriteUtc)
    {
        Step();
        FileLayer.Real.FinishFile(path, lastWriteUtc);
    }

    public bool TryLink(string path, string newPath)
    {
        Step();
        if (!FileLayer.Real.TryLink(path, newPath)) return false;
        Remember(newPath, () => File.Delete(newPath));
        return true;
    }

    public void Replace(string path, string newPath)
    {
        Step();
        var (moved, replaced) = (Backup.Of(path), Backup.Of(newPath));
        FileLayer.Real.Replace(path, newPath);
        Remember(newPath, () =>
        {
            replaced.Restore();
            moved.Restore();
        });
    }

    public void Delete(string path)
    {
        Step();
        var backup = Backup.Of(path);
        FileLayer.Real.Delete(path);
        Remember(path, backup.Restore);
    }

    public void CreateFolder(string path)
    {
        Step();
        if (Directory.Exists(path)) return;
        FileLayer.Real.CreateFolder(path);
        Remember(path, () => Directory.Delete(path, recursive: true));
    }

    public void FlushFolder(string path)
    {
        Step();
        FileLayer.Real.FlushFolder(path);
        _unflushed.RemoveAll(change => change.Folder == path);
    }

    /// <summary>Forgets what was not flushed; from now on every step throws.</summary>
    public void CutPower()
    {
        _isOff = true;
        for (var i = _unflushed.Count - 1; i >= 0; i--) _unflushed[i].Undo();
        _unflushed.Clear();
    }

    void Step(string? path = null, byte[]? content = null)
    {
        if (_isOff) throw new IOException("The power is off.");
        switch (decide(StepCount++))
        {
            case FileFault.None:
                return;
            case FileFault.TornWrite when path is not null:
                File.WriteAllBytes(path, content![..(content!.Length / 2)]);
                throw new IOException("Injected fault: torn write.");
            case FileFault.PowerCut:
                CutPower();
                throw new IOException("Injected fault: the power went off.");
            default:
                throw new IOException("No space left on device");
        }
    }

    void Remember(string path, Action undo) => _unflushed.Add((Path.GetDirectoryName(path)!, undo));

    sealed record Backup(string Path, byte[]? Content, DateTime LastWriteUtc)
    {
        public static Backup Of(string path) =>
            File.Exists(path) ? new(path, File.ReadAllBytes(path), File.GetLastWriteTimeUtc(path)) : new(path, null, default);

        public void Restore()
        {
            File.Delete(Path);
            if (Content is not null) FileLayer.Real.WriteNewFile(Path, Content, LastWriteUtc);
        }
    }
}
