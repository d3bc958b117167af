namespace Cairn.Disk;

/// <summary>
/// The changes that the disk stores make to the file system, one method a step, so that a test can forget what was not flushed, run out of space
/// or tear a write between any two of them. Reading needs no seam.
/// </summary>
/// <remarks>
/// A file's bytes survive a power cut once <see cref="WriteNewFile"/> or <see cref="FinishFile"/> returned; its name survives once the folder that holds it was flushed
/// (<see cref="FlushFolder"/>). Faults are <see cref="IOException"/> or <see cref="UnauthorizedAccessException"/>.
/// </remarks>
public interface IFileLayer
{
    /// <summary>Makes a file that must not exist, writes all of it, stamps its time of last write and flushes it to the disk.</summary>
    void WriteNewFile(string path, ReadOnlySpan<byte> content, DateTime lastWriteUtc);

    /// <summary>Writes behind what a file has; makes it where it does not exist. Nothing of it survives a power cut before <see cref="FinishFile"/>.</summary>
    void AppendToFile(string path, ReadOnlySpan<byte> piece);

    /// <summary>Stamps a file's time of last write and flushes it to the disk.</summary>
    void FinishFile(string path, DateTime lastWriteUtc);

    /// <summary>Gives a file a second name, atomically; false where that name is taken.</summary>
    bool TryLink(string path, string newPath);

    /// <summary>Moves a file over whatever has the new name, atomically.</summary>
    void Replace(string path, string newPath);

    /// <summary>Removes a name; nothing happens where there is none.</summary>
    void Delete(string path);

    /// <summary>Makes one folder, whose parent exists; nothing happens where it exists.</summary>
    void CreateFolder(string path);

    /// <summary>Makes the names in a folder survive a power cut.</summary>
    void FlushFolder(string path);
}
