using System.Globalization;
using System.Text.Json;

namespace Cairn.Shims.StreamLog;

/// <summary>One hub on this machine: a folder with its identity, its partitions and its consumer groups' checkpoints.</summary>
/// <remarks>
/// <code>
/// hub.json                         who it is: made last, so a folder without it is no hub yet
/// lock                             held by the process that has it open
/// partitions/{n}/{first seq}.log   see SegmentLayout
/// groups/{name}/{n}                see CheckpointFile
/// </code>
/// </remarks>
public sealed partial class HubLog : IDisposable
{
    static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    readonly string folder;
    readonly HubSettings settings;
    readonly FileStream held;
    readonly List<PartitionLog> partitions = [];
    readonly Dictionary<string, CheckpointFile[]> groups = [];
    volatile CheckpointFile[][] groupList = [];

    /// <summary>Opens a hub's folder, or makes it.</summary>
    /// <exception cref="IOException">Another process has it open, or the disk refuses.</exception>
    /// <exception cref="InvalidDataException">Its files are damaged.</exception>
    public HubLog(string folder, HubSettings settings)
    {
        (this.folder, this.settings) = (folder, settings);
        Name = Path.GetFileName(folder);
        Directory.CreateDirectory(folder);
        held = new FileStream(Path.Combine(folder, "lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        try
        {
            var made = Path.Combine(folder, "hub.json");
            var isNew = !File.Exists(made);
            if (isNew) ClearHalfMade();
            Identity = isNew ? new HubIdentity(1, Guid.NewGuid(), settings.Time.GetUtcNow(), settings.PartitionCount) : Read(made);
            // Groups first: a partition drops nothing that one of them has not passed.
            if (Directory.Exists(GroupsFolder))
                foreach (var group in Directory.GetDirectories(GroupsFolder)) Group(Uri.UnescapeDataString(Path.GetFileName(group)));
            for (var i = 0; i < Identity.Partitions; i++)
            {
                var partition = i;
                partitions.Add(new PartitionLog(PartitionFolder(partition), Name, Identity.Id, settings, () => Passed(partition), isNew));
            }
            if (isNew) Commit(made);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>The folder's name.</summary>
    public string Name { get; }

    /// <summary>Which hub; another one once the folder was lost and made anew.</summary>
    public HubIdentity Identity { get; }

    /// <summary>From 0.</summary>
    public IReadOnlyList<PartitionLog> Partitions => partitions;

    /// <summary>The first seq that a group has not taken; from now on nothing past it is dropped.</summary>
    public long ReadCheckpoint(string group, int partition) => Group(group)[partition].NextSeq;

    /// <summary>Remembers that a group has taken everything before <paramref name="nextSeq"/>.</summary>
    public void WriteCheckpoint(string group, int partition, long nextSeq) => Group(group)[partition].Write(nextSeq);

    /// <summary>Writes what waits and lets go of the folder.</summary>
    public void Dispose()
    {
        foreach (var partition in partitions) partition.Dispose();
        foreach (var checkpoint in groupList.SelectMany(files => files)) checkpoint.Dispose();
        held.Dispose();
    }

    string PartitionsFolder => Path.Combine(folder, "partitions");

    string GroupsFolder => Path.Combine(folder, "groups");

    static HubIdentity Read(string made) =>
        JsonSerializer.Deserialize<HubIdentity>(File.ReadAllBytes(made), Json) is { Version: 1 } found ? found : throw new InvalidDataException($"{made} is no version 1 hub");

    /// <summary>Removes what a stop during the making left behind; nothing was sent to that.</summary>
    void ClearHalfMade()
    {
        if (!Directory.Exists(PartitionsFolder)) return;
        if (Directory.EnumerateFiles(PartitionsFolder, "*.log", SearchOption.AllDirectories).Any(file => new FileInfo(file).Length > SegmentLayout.HeaderBytes))
            throw new InvalidDataException($"{folder} holds messages but has lost its hub.json; remove the whole folder to begin a new stream");
        Directory.Delete(PartitionsFolder, recursive: true);
        if (Directory.Exists(GroupsFolder)) Directory.Delete(GroupsFolder, recursive: true);
    }

    string PartitionFolder(int partition) => Path.Combine(PartitionsFolder, partition.ToString(CultureInfo.InvariantCulture));

    long Passed(int partition) => groupList.Length == 0 ? long.MaxValue : groupList.Min(files => files[partition].NextSeq);

    CheckpointFile[] Group(string name)
    {
        lock (groups)
        {
            if (groups.TryGetValue(name, out var found)) return found;
            var place = Path.Combine(GroupsFolder, Uri.EscapeDataString(name));
            Directory.CreateDirectory(place);
            var files = Enumerable.Range(0, Identity.Partitions)
                .Select(partition => new CheckpointFile(Path.Combine(place, partition.ToString(CultureInfo.InvariantCulture)), settings.Files))
                .ToArray();
            groups.Add(name, files);
            groupList = [.. groups.Values];
            return files;
        }
    }

    void Commit(string made)
    {
        var draft = made + ".new";
        File.WriteAllBytes(draft, JsonSerializer.SerializeToUtf8Bytes(Identity, Json));
        using (var file = settings.Files.Open(draft, FileMode.Open)) settings.Files.Flush(file);
        settings.Files.FlushFolder(PartitionsFolder);
        settings.Files.Replace(draft, made);
        settings.Files.FlushFolder(folder);
    }
}

/// <summary>What hub.json holds.</summary>
/// <param name="Version">Of the folder's layout: 1.</param>
/// <param name="Id">Made with the hub.</param>
/// <param name="Partitions">How many, for ever.</param>
public sealed record HubIdentity(int Version, Guid Id, DateTimeOffset CreatedOn, int Partitions);
