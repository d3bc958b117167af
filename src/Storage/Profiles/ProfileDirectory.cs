using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using Cairn.Model;
using Cairn.Model.Identity;
using Cairn.Model.Profiles;
using Cairn.Storage.Rows;

namespace Cairn.Storage.Profiles;

/// <summary>The profiles of each project's persons and groups, folded from the rows of updates; each row is read once.</summary>
[SuppressMessage("Design", "CA1001", Justification = "lives as long as the process; its gates hold no wait handle")]
public sealed class ProfileDirectory(IRowSnapshots rows) : IProfileDirectory
{
    readonly ConcurrentDictionary<(string ProjectId, string Kind), Histories> projects = new();

    public async ValueTask<IProfileMap> ReadAsync(string projectId, PersonMap persons, CancellationToken cancellationToken)
    {
        var histories = await RefreshAsync(projectId, RowLayout.ProfileUpdates, cancellationToken);
        var map = histories.Map;
        if (map is null || !ReferenceEquals(map.Of, persons)) histories.Map = map = new(persons, histories.ById);
        return map;
    }

    public async ValueTask<IGroupMap> ReadGroupsAsync(string projectId, CancellationToken cancellationToken)
    {
        var histories = await RefreshAsync(projectId, RowLayout.GroupUpdates, cancellationToken);
        return new GroupMap(histories.ById);
    }

    async Task<Histories> RefreshAsync(string projectId, string kind, CancellationToken cancellationToken)
    {
        var histories = projects.GetOrAdd((projectId, kind), _ => new());
        await histories.Gate.WaitAsync(cancellationToken);
        try
        {
            await histories.Rows.FollowAsync(rows, projectId, kind, histories.TakeInAsync, cancellationToken);
            return histories;
        }
        finally
        {
            histories.Gate.Release();
        }
    }

    sealed class Histories
    {
        public SemaphoreSlim Gate { get; } = new(1, 1);

        public FollowedRows Rows { get; } = new();

        public ConcurrentDictionary<string, ProfileHistory> ById { get; } = new(StringComparer.Ordinal);

        /// <summary>The map made last, as long as nothing has changed since.</summary>
        public ProfileMap? Map { get; set; }

        public async ValueTask TakeInAsync(RowChange change, CancellationToken cancellationToken)
        {
            if (change.File is { } file)
            {
                var added = await UpdateRows.ReadAsync(file, change.Added, cancellationToken);
                var gone = await UpdateRows.ReadAsync(file, change.Gone, cancellationToken);
                foreach (var (id, updates) in Grouped(added))
                    ById[id] = ById.GetValueOrDefault(id, ProfileHistory.Empty).With(updates);
                foreach (var (id, updates) in Grouped(gone))
                    ById[id] = ById[id].Without(updates.ConvertAll(update => update.Order).ToHashSet());
            }
            if (change.Lost.Count > 0) TakeOut(change.Lost.ToHashSet());
            Map = null;
        }

        /// <summary>Whose they were can't be read any more: a copy was dropped on its way into the lake, which is rare.</summary>
        void TakeOut(HashSet<ReceiptOrder> lost)
        {
            foreach (var (id, history) in ById) ById[id] = history.Without(lost);
        }

        static Dictionary<string, List<ProfileUpdate>> Grouped(IReadOnlyList<(string Id, ProfileUpdate Update)> updates)
        {
            var all = new Dictionary<string, List<ProfileUpdate>>(StringComparer.Ordinal);
            foreach (var (id, update) in updates)
            {
                if (id.Length == 0) continue;
                ref var list = ref CollectionsMarshal.GetValueRefOrAddDefault(all, id, out _);
                (list ??= []).Add(update);
            }
            return all;
        }
    }
}
