using System.Text;
using Cairn.Model;
using Cairn.Model.Identity;
using Cairn.Storage.Recent;
using Cairn.Storage.Rows;

namespace Cairn.Support.Identity;

/// <summary>Recent rows of one project, told an item at a time: each is received a second after the one before, in a file of its own unless told otherwise.</summary>
public sealed class RecentStory : IRowSnapshots
{
    public const string ProjectId = "p1";

    readonly Dictionary<string, List<RowFile>> files = [];
    readonly InMemoryRowFiles memory = new();
    int second;

    /// <summary>Where the next item will stand.</summary>
    public ReceiptOrder Next => Place(second + 1);

    /// <summary>How often a snapshot was opened.</summary>
    public int Opened { get; private set; }

    /// <summary>The place of the item of a second.</summary>
    public static ReceiptOrder Place(int second) => new(second * 1000L, new(9, 9, second));

    /// <summary>A profile update; gives its place.</summary>
    public ReceiptOrder Update(Dialect dialect, string body, string? distinct = null, string? device = null, string? user = null) => Add(new()
    {
        Kind = ItemKind.ProfileUpdate,
        Dialect = dialect,
        DistinctId = Utf8(distinct ?? user ?? "$device:" + device),
        DeviceId = Utf8(device),
        UserId = Utf8(user),
        Body = Utf8(body),
    });

    public ReceiptOrder GroupUpdate(string type, string id, string body) => Add(new()
    {
        Kind = ItemKind.GroupUpdate,
        Dialect = Dialect.Mixpanel,
        Name = Utf8(type),
        DistinctId = Utf8(id),
        Body = Utf8(body),
    });

    public ReceiptOrder Claim(LinkRule rule, string id, string otherId) => Add(new()
    {
        Kind = ItemKind.LinkClaim,
        Dialect = rule is LinkRule.AmplitudeDeviceAndUser ? Dialect.Amplitude : Dialect.Mixpanel,
        LinkRule = rule,
        DistinctId = Utf8(id),
        OtherId = Utf8(otherId),
    });

    /// <summary>Lets a second pass without an item, as an event would.</summary>
    public ReceiptOrder Event() => Place(++second);

    /// <summary>The rows of a kind's file, by number, count no more: they turned out to be duplicates.</summary>
    public void TakeOut(string kind, int file) => files[kind][file] = files[kind][file] with { Live = files[kind][file].Live.Without([0]) };

    /// <summary>
    /// The row of a kind's file, by number, counts in another file now, which a redelivery brought and which comes before it.
    /// </summary>
    public void Move(string kind, int file)
    {
        var again = files[kind][file];
        TakeOut(kind, file);
        files[kind].Insert(0, new(new("again-" + again.Name, again.Facts.RowCount, again.Facts.Schema, new SameColumns(again.Facts)), RowSet.All(again.RowCount)));
    }

    /// <summary>The files of a kind come in another order.</summary>
    public void Reverse(string kind) => files[kind].Reverse();

    public ValueTask<RowSnapshot> OpenAsync(string projectId, string kind, CancellationToken cancellationToken)
    {
        Opened++;
        return new(new RowSnapshot(projectId, kind, projectId == ProjectId ? [.. files.GetValueOrDefault(kind, [])] : []));
    }

    ReceiptOrder Add(Item item)
    {
        var place = Place(++second);
        item.Id = place.Item;
        item.ReceivedAtMs = item.TimeMs = place.ReceivedAtMs;
        var kind = item.Kind switch
        {
            ItemKind.ProfileUpdate => RowLayout.ProfileUpdates,
            ItemKind.GroupUpdate => RowLayout.GroupUpdates,
            ItemKind.LinkClaim => RowLayout.Identities,
            ItemKind.Event => RowLayout.Events,
        };
        var rows = new RecentRowsBuilder(item.Kind);
        rows.Add(item, second, 0);
        if (!files.TryGetValue(kind, out var list)) files[kind] = list = [];
        list.Add(memory.Add($"{kind}-{second}", rows));
        return place;
    }

    static ReadOnlyMemory<byte> Utf8(string? text) => text is null ? default : Encoding.UTF8.GetBytes(text);

    sealed class SameColumns(RowFileFacts of) : IRowColumns
    {
        public ValueTask<StoredColumn?> ReadAsync(RowFileFacts file, string column, CancellationToken cancellationToken) =>
            new RowFile(of, RowSet.All(of.RowCount)).ReadAsync(column, cancellationToken);
    }
}
