using System.Globalization;

namespace Cairn.Storage.Delta.Log;

/// <summary>Names in a table's log folder.</summary>
/// <remarks>
/// <code>
/// {root}/_delta_log/00000000000000000007.json                one version's actions
/// {root}/_delta_log/00000000000000000020.checkpoint.parquet  the state at a version
/// {root}/_delta_log/_last_checkpoint                         where to begin
/// </code>
/// A version has 20 digits, so its first is always 0, and a listing of "0" leaves the pointer out.
/// </remarks>
readonly record struct LogName(long Version, bool IsCheckpoint)
{
    const int Digits = 20;

    const string CheckpointEnd = ".checkpoint.parquet";

    public static string Folder(string root) => $"{root}/_delta_log/";

    public static string Pointer(string root) => $"{Folder(root)}_last_checkpoint";

    public static string Entry(string root, long version) => string.Create(CultureInfo.InvariantCulture, $"{Folder(root)}{version:D20}.json");

    public static string Checkpoint(string root, long version) => string.Create(CultureInfo.InvariantCulture, $"{Folder(root)}{version:D20}{CheckpointEnd}");

    /// <summary>What to list after, so that all of this version's names come.</summary>
    public static string? Before(string root, long version) => version == 0 ? null : string.Create(CultureInfo.InvariantCulture, $"{Folder(root)}{version - 1:D20}.~");

    /// <summary>Reads a name; false for other engines' extras (checksums, compacted logs, checkpoints in parts), which nobody needs.</summary>
    public static bool TryParse(string root, string blob, out LogName parsed)
    {
        parsed = default;
        var folder = Folder(root);
        if (!blob.StartsWith(folder, StringComparison.Ordinal)) return false;
        var name = blob.AsSpan(folder.Length);
        if (name.Length <= Digits || !long.TryParse(name[..Digits], NumberStyles.None, CultureInfo.InvariantCulture, out var version)) return false;
        var end = name[Digits..];
        parsed = new(version, end.SequenceEqual(CheckpointEnd));
        return parsed.IsCheckpoint || end.SequenceEqual(".json");
    }
}
