using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using Cairn.Model.Identity;
using Cairn.Storage.Rows;

namespace Cairn.Storage.Identity;

/// <summary>The persons of each project, folded from the rows of <c>identities</c>; each row is read once.</summary>
[SuppressMessage("Design", "CA1001", Justification = "lives as long as the process; its gates hold no wait handle")]
public sealed class PersonDirectory(IRowSnapshots rows) : IPersonDirectory
{
    readonly ConcurrentDictionary<(string ProjectId, IdentityMode Mode), Persons> projects = new();

    public async ValueTask<PersonMap> ReadAsync(string projectId, IdentityMode mode, CancellationToken cancellationToken)
    {
        var persons = projects.GetOrAdd((projectId, mode), key => new(key.Mode));
        await persons.Gate.WaitAsync(cancellationToken);
        try
        {
            await RefreshAsync(persons, projectId, cancellationToken);
            return persons.Fold.Map;
        }
        finally
        {
            persons.Gate.Release();
        }
    }

    public async ValueTask<PersonIds?> FindAsync(string projectId, IdentityMode mode, string id, CancellationToken cancellationToken)
    {
        var persons = projects.GetOrAdd((projectId, mode), key => new(key.Mode));
        await persons.Gate.WaitAsync(cancellationToken);
        try
        {
            await RefreshAsync(persons, projectId, cancellationToken);
            return persons.Fold.Find(id);
        }
        finally
        {
            persons.Gate.Release();
        }
    }

    async Task RefreshAsync(Persons persons, string projectId, CancellationToken cancellationToken)
    {
        var before = persons.Rows.ErasureRequests;
        await FollowAsync(persons, projectId, cancellationToken);
        if (before is null || persons.Rows.ErasureRequests == before) return;
        // Claims were erased, and a fold forgets none: it begins anew from those that are left.
        persons.BeginAnew();
        await FollowAsync(persons, projectId, cancellationToken);
    }

    Task FollowAsync(Persons persons, string projectId, CancellationToken cancellationToken) => persons.Rows.FollowAsync(
        rows,
        projectId,
        RowLayout.Identities,
        async (change, cancellation) =>
        {
            // A copy that counts no more said the same as the one that does.
            if (change.File is { } file) persons.Fold.Add(await ClaimRows.ReadAsync(file, change.Added, cancellation));
        },
        cancellationToken);

    sealed class Persons(IdentityMode mode)
    {
        public SemaphoreSlim Gate { get; } = new(1, 1);

        public IdentityFold Fold { get; private set; } = new(mode);

        public FollowedRows Rows { get; private set; } = new();

        public void BeginAnew() => (Fold, Rows) = (new(mode), new());
    }
}
