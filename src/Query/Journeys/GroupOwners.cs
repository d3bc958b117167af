using Cairn.Model.Identity;
using Cairn.Query.Filters;
using Cairn.Query.Scanning;
using Cairn.Storage.Rows;

namespace Cairn.Query.Journeys;

/// <summary>Groups of one key: by the group ids that events carry. An event with a list of them belongs to each.</summary>
/// <remarks>Meaning and worked examples: docs/semantics/units.md.</remarks>
sealed class GroupOwners(string groupKey, ProjectColumns columns, ColumnCache cache) : RowOwners
{
    /// <summary>Groups of one event at most; what a list has beyond is left out. Source: Mixpanel docs, "Group Analytics": up to 300 values of a key.</summary>
    public const int MaxGroupsOfEvent = 300;

    public override TextPool Pool { get; } = columns.PoolOf(RowLayout.Group + groupKey);

    public override PersonMoves MovesSince(RowOwners older) => PersonMoves.None;

    public override bool IsSameAs(RowOwners older) => true;

    public override async ValueTask<PartOwners> ReadAsync(IEventPart part, ReadCount count, CancellationToken cancellationToken)
    {
        var single = await columns.TextAsync(part, RowLayout.Group + groupKey, count, cancellationToken);
        var lists = await ProjectColumns.ReadAsync<TextColumn>(part, RowLayout.GroupJson + groupKey, count, cancellationToken);
        var owners = new int[part.RowCount];
        for (var row = 0; row < owners.Length; row++) owners[row] = single?.Codes[row] ?? -1;
        if (lists is not null) return Spread(owners, lists, GroupsOf);
        // A file has a group key in columns or in the rest.
        if (single is not null || await ProjectColumns.ReadAsync<TextColumn>(part, RowLayout.Rest, count, cancellationToken) is not { } rest) return new(null, owners, null);
        return Spread(owners, rest, GroupsOfRest);
    }

    public override ValueTask<int[]> ResolveAsync(IEventPart part, int[] rows, ReadCount count, CancellationToken cancellationToken) =>
        throw new InvalidOperationException("no group is ever split");

    public override ValueTask<PartOwners> ReadKeptAsync(IEventPart part, ReadCount count, CancellationToken cancellationToken) => cache.GetAsync(part.Key, $"owners {groupKey}", async () =>
    {
        var kept = await ReadAsync(new OnceRead(part), count, CancellationToken.None);
        return (kept, kept.MemoryBytes);
    }, cancellationToken);

    /// <summary>Each row once for each of its groups.</summary>
    static PartOwners Spread(int[] owners, TextColumn lists, Func<ReadOnlyMemory<byte>, int[]> groupsIn)
    {
        var groupsOf = new int[]?[lists.Dictionary.Count];
        var (rows, spread) = (new List<int>(owners.Length), new List<int>(owners.Length));
        for (var row = 0; row < owners.Length; row++)
        {
            if (lists.Codes[row] is var list && (list == TextColumn.Null || owners[row] >= 0)) Add(row, owners[row]);
            else
            {
                var groups = groupsOf[list] ??= groupsIn(lists.Dictionary.Memory(list));
                if (groups.Length == 0) Add(row, -1);
                foreach (var group in groups) Add(row, group);
            }
        }
        return new([.. rows], [.. spread], null);

        void Add(int row, int owner)
        {
            rows.Add(row);
            spread.Add(owner);
        }
    }

    int[] GroupsOfRest(ReadOnlyMemory<byte> rest)
    {
        foreach (var (type, ids) in JsonMembers.OfGroups(rest))
            if (type == groupKey) return GroupsOf(ids);
        return [];
    }

    int[] GroupsOf(ReadOnlyMemory<byte> json)
    {
        var value = JsonValue.Parse(json.Span);
        if (value.Kind != ValueKind.List) return value.IsMissing ? [] : [Pool.Intern(ValueText.Of(value))];
        return [.. value.Items.Where(item => !item.IsMissing).Select(item => Pool.Intern(ValueText.Of(item))).Distinct().Take(MaxGroupsOfEvent)];
    }
}
