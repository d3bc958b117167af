using Cairn.Disk;
using Cairn.Disk.Blobs;
using Cairn.Model;
using Cairn.Model.Identity;
using Cairn.Model.Profiles;
using Cairn.Query.ClickHouse;
using Cairn.Query.Definitions;
using Cairn.Query.Scanning;
using Cairn.Storage;
using Cairn.Storage.Lake;
using Cairn.Storage.Profiles;
using Cairn.Storage.Rows;
using Cairn.Support;
using Cairn.Support.Lake;
using Cairn.Support.Query;
using Xunit;

namespace Cairn.Behaviour.Query.ClickHouse;

/// <summary>A ClickHouse for all tests of a class.</summary>
public sealed class ClickHouseFixture : IAsyncLifetime
{
    public ClickHouseServer Server { get; private set; } = null!;

    public async Task InitializeAsync() => Server = await ClickHouseServer.StartAsync();

    public async Task DisposeAsync() => await Server.DisposeAsync();
}

/// <summary>A project whose events lie in the lake and whose links are younger than its files, asked of both engines.</summary>
sealed class ClickHouseWorld : IRowSnapshots, IPeopleSource, IDisposable
{
    readonly TemporaryFolder folder = new();
    readonly LakeWorld lake;
    readonly IdentityFold fold;
    readonly MemoryPeople profiles = new();
    readonly ClickHouseServer server;
    int requests, claims;

    public ClickHouseWorld(ClickHouseServer server, IdentityMode mode = IdentityMode.Simplified, bool fallsBack = false, IBlobStore? blobs = null, ClickHouseLake? place = null)
    {
        this.server = server;
        fold = new(mode);
        lake = new(blobs ?? new DiskBlobStore(folder.FullPath, FileLayer.Real, TimeProvider.System));
        Options = new(server.Url, "cairn", "secret", place ?? new ClickHouseLake.Folder(folder.FullPath), fallsBack);
        Here = new(new StoredEvents(this), this, new ColumnCache(1 << 26));
    }

    public ClickHouseOptions Options
    {
        get;
        set
        {
            field = value;
            There?.Dispose();
            There = new(new(value, new Dictionary<string, ClickHouseOptions?>()), lake.Snapshots, this, TimeProvider.System, this);
        }
    }

    /// <summary>Whether the first row of each file is of somebody who was erased, and still lies there.</summary>
    public bool HasErased { get; set; }

    /// <summary>The built-in engine over what the lake holds, and nothing younger.</summary>
    public ReportReader Here { get; }

    public ClickHouseEngine There { get; private set; } = null!;

    /// <summary>Asks there; what the server says is wrong with a statement is shown with it.</summary>
    public async Task<T> AskAsync<T>(string place, Func<Task<T>> ask)
    {
        try
        {
            return await ask();
        }
        catch (StorageUnavailableException)
        {
            var last = (await server.AskedAsync())[^1];
            Assert.Fail($"{place}: {last.Fault}\n{last.Sql}");
            throw;
        }
    }

    public void Dispose()
    {
        There.Dispose();
        folder.Dispose();
    }

    /// <summary>Puts events into the lake, their persons by the links known now.</summary>
    public async Task AddAsync(IEnumerable<MemoryEvent> events)
    {
        var items = events.Select((one, index) => one.ToItem(requests, index)).ToList();
        requests++;
        if (items.Count == 0) return;
        lake.Persons = fold.Map;
        await lake.StoreAsync(ItemKind.Event, items);
        await lake.AppendAsync(RowLayout.Events);
    }

    /// <summary>Links two ids, whatever the files say.</summary>
    public void Link(string id, string other, LinkRule rule = LinkRule.ByHand, long receivedAtMs = 1) => fold.Add([new(new(receivedAtMs, new(3, 3, claims++)), rule, id, other)]);

    /// <summary>Says what is known of a person now.</summary>
    public void Know(string person, string properties) => profiles.With(person, properties);

    public async ValueTask<RowSnapshot> OpenAsync(string projectId, string kind, CancellationToken cancellationToken)
    {
        var version = (await lake.Snapshots.OpenViewAsync(projectId, kind, cancellationToken)).Version;
        return new(projectId, kind, [.. version?.Files.Select(file => HasErased ? file.Rows with { Live = file.Rows.Live.Without([0]) } : file.Rows) ?? []]);
    }

    public ValueTask<People> OpenAsync(ReportProject project, bool withProfiles, CancellationToken cancellationToken) => new(new People(fold.Map, profiles));

    public ValueTask<IGroupMap> OpenGroupsAsync(ReportProject project, CancellationToken cancellationToken) => throw new NotSupportedException("no groups in this world");
}
