using Cairn.Shims.StreamLog;
using Microsoft.Win32.SafeHandles;

namespace Cairn.Support;

/// <summary>File operations that fail when told to, and that can forget everything after the last flush, as a machine without power does.</summary>
public sealed class FaultyFiles : FileLayer
{
    readonly Lock gate = new();
    readonly Dictionary<SafeFileHandle, string> paths = [];
    readonly Dictionary<string, long> flushedBytes = [];
    readonly Dictionary<string, List<(long Offset, byte[] Bytes)>> overwritten = [];
    readonly HashSet<string> unflushedNames = [];

    /// <summary>Called before each write, with the file's name and the bytes; what it throws the caller gets.</summary>
    public Action<string, int>? BeforeWrite { get; set; }

    /// <summary>Called before each flush; what it throws the caller gets, and the flush did not happen.</summary>
    public Action<string>? BeforeFlush { get; set; }

    /// <summary>Bytes of the next write that reach the file before it fails; null for no tear.</summary>
    public int? TearAfterBytes { get; set; }

    /// <summary>How often a file was flushed.</summary>
    public int Flushes { get; private set; }

    /// <summary>How often a file was written.</summary>
    public int Writes { get; private set; }

    /// <summary>The error of a full disk.</summary>
    public static IOException DiskFull() => new("No space left on device", 28);

    /// <summary>From now on everything fails, as if the machine were gone.</summary>
    public void Die() => BeforeWrite = (_, _) => throw new IOException("the machine is off");

    /// <summary>Makes the files what they are after the power came back: unflushed bytes are gone but for a part, unflushed names too.</summary>
    /// <param name="keep">Of a file's unflushed bytes, how many stay.</param>
    public void Forget(Func<long, long> keep)
    {
        lock (gate)
        {
            foreach (var (path, flushed) in flushedBytes)
            {
                if (!File.Exists(path)) continue;
                if (unflushedNames.Contains(path))
                {
                    File.Delete(path);
                    continue;
                }
                using var file = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
                PutBack(file, path, keep);
                var unflushed = RandomAccess.GetLength(file) - flushed;
                if (unflushed > 0) RandomAccess.SetLength(file, flushed + Math.Min(unflushed, keep(unflushed)));
            }
        }
    }

    public override SafeFileHandle Open(string path, FileMode mode)
    {
        var isNew = !File.Exists(path);
        var file = base.Open(path, mode);
        lock (gate)
        {
            paths[file] = path;
            if (isNew) unflushedNames.Add(path);
            if (isNew || mode == FileMode.Create) overwritten.Remove(path);
            if (isNew || mode == FileMode.Create) flushedBytes[path] = 0;
            else flushedBytes.TryAdd(path, RandomAccess.GetLength(file));
        }
        return file;
    }

    public override void Write(SafeFileHandle file, ReadOnlySpan<byte> bytes, long offset)
    {
        var path = PathOf(file);
        lock (gate) Writes++;
        BeforeWrite?.Invoke(path, bytes.Length);
        Remember(file, path, bytes.Length, offset);
        if (TearAfterBytes is { } most && most < bytes.Length)
        {
            TearAfterBytes = null;
            base.Write(file, bytes[..most], offset);
            throw new IOException("Input/output error");
        }
        base.Write(file, bytes, offset);
    }

    // What lay there is what a machine without power finds there again.
    void Remember(SafeFileHandle file, string path, int length, long offset)
    {
        lock (gate)
        {
            var lying = new byte[Math.Clamp(flushedBytes[path] - offset, 0, length)];
            if (lying.Length == 0) return;
            RandomAccess.Read(file, lying, offset);
            if (!overwritten.TryGetValue(path, out var before)) overwritten[path] = before = [];
            before.Add((offset, lying));
        }
    }

    void PutBack(SafeFileHandle file, string path, Func<long, long> keep)
    {
        if (!overwritten.Remove(path, out var before)) return;
        foreach (var (offset, bytes) in Enumerable.Reverse(before))
        {
            var kept = (int)Math.Min(bytes.Length, keep(bytes.Length));
            RandomAccess.Write(file, bytes.AsSpan(kept), offset + kept);
        }
    }

    public override void SetLength(SafeFileHandle file, long length)
    {
        var path = PathOf(file);
        BeforeWrite?.Invoke(path, 0);
        base.SetLength(file, length);
        lock (gate)
        {
            flushedBytes[path] = Math.Min(flushedBytes[path], length);
            if (overwritten.TryGetValue(path, out var before)) before.RemoveAll(one => one.Offset >= length);
        }
    }

    public override void Flush(SafeFileHandle file)
    {
        var path = PathOf(file);
        BeforeFlush?.Invoke(path);
        base.Flush(file);
        lock (gate)
        {
            Flushes++;
            overwritten.Remove(path);
            flushedBytes[path] = RandomAccess.GetLength(file);
        }
    }

    // A deletion is a change of the folder: the name comes back unless the folder was flushed. Here the file is gone at once; opening must bear both.
    public override void FlushFolder(string path)
    {
        BeforeFlush?.Invoke(path);
        base.FlushFolder(path);
        lock (gate) unflushedNames.RemoveWhere(name => Path.GetDirectoryName(name) == path);
    }

    public override void Replace(string from, string to)
    {
        base.Replace(from, to);
        lock (gate)
        {
            unflushedNames.Remove(from);
            if (flushedBytes.Remove(from, out var flushed)) flushedBytes[to] = flushed;
        }
    }

    string PathOf(SafeFileHandle file)
    {
        lock (gate) return paths[file];
    }
}
