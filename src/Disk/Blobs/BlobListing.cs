using System.Runtime.CompilerServices;
using Cairn.Storage;

namespace Cairn.Disk.Blobs;

/// <summary>
/// Walks the folders in ordinal order of the blobs' whole names, holding in memory only the names in the folders from the root to the current blob.
/// </summary>
/// <remarks>
/// A folder is sorted as its name with a slash at the end, for that is how its blobs' names go on: <c>a-b</c>, <c>a.b</c>, <c>a/…</c>, <c>a0</c>.
/// Blobs that come or go meanwhile may be in the answer or not.
/// </remarks>
sealed class BlobListing(string root, string prefix, string after)
{
#pragma warning disable CS1998 // The port is asynchronous, folders are not: .NET has no asynchronous listing.
    public async IAsyncEnumerable<BlobEntry> WalkAsync([EnumeratorCancellation] CancellationToken cancellationToken)
#pragma warning restore CS1998
    {
        var pending = new Stack<string>();
        Push(pending, prefix[..(prefix.LastIndexOf('/') + 1)]);
        while (pending.TryPop(out var name))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (name.EndsWith('/')) Push(pending, name);
            else if (FileVersion.Of(Path.Combine(root, name)) is { } version) yield return version.ToEntry(name);
        }
    }

    void Push(Stack<string> pending, string folder) =>
        Faults.Translate(folder, () =>
        {
            var names = NamesIn(folder);
            names.Sort(string.CompareOrdinal);
            for (var i = names.Count - 1; i >= 0; i--) pending.Push(names[i]);
            return 0;
        });

    List<string> NamesIn(string folder)
    {
        var names = new List<string>();
        try
        {
            foreach (var info in new DirectoryInfo(Path.Combine(root, folder)).EnumerateFileSystemInfos())
            {
                // Our own unfinished files, and what other programs leave lying about, have names that no blob has.
                if (!BlobNames.IsPart(info.Name)) continue;
                var name = folder + info.Name + ((info.Attributes & FileAttributes.Directory) != 0 ? "/" : "");
                if (IsWanted(name)) names.Add(name);
            }
        }
        catch (DirectoryNotFoundException)
        {
            // Nothing was ever put there, or it went away since its parent was read: no blobs either way.
        }
        return names;
    }

    bool IsWanted(string name)
    {
        if (!name.EndsWith('/'))
            return name.StartsWith(prefix, StringComparison.Ordinal) && string.CompareOrdinal(name, after) > 0;
        var mayHoldPrefix = name.StartsWith(prefix, StringComparison.Ordinal) || prefix.StartsWith(name, StringComparison.Ordinal);
        return mayHoldPrefix && (string.CompareOrdinal(name, after) > 0 || after.StartsWith(name, StringComparison.Ordinal));
    }
}
