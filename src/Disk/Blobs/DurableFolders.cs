using System.Collections.Concurrent;

namespace Cairn.Disk.Blobs;

/// <summary>Makes folders, and flushes the one above each, once per store: a file is no safer than the folders on its path.</summary>
sealed class DurableFolders(IFileLayer files)
{
    readonly ConcurrentDictionary<string, bool> _known = new(StringComparer.Ordinal);

    /// <summary>Makes <paramref name="folder"/> and what is missing above it, down from <paramref name="root"/>, which exists.</summary>
    public void Ensure(string folder, string root)
    {
        if (folder.Length <= root.Length || _known.ContainsKey(folder)) return;
        var parent = Path.GetDirectoryName(folder)!;
        Ensure(parent, root);
        files.CreateFolder(folder);
        files.FlushFolder(parent);
        _known[folder] = true;
    }

    /// <summary>After a fault nothing is known: the next put looks anew.</summary>
    public void Forget() => _known.Clear();
}
