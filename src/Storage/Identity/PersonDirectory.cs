using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using Cairn.Model.Identity;
using Cairn.Storage.Rows;

namespace Cairn.Storage.Identity;

/// <summary>The persons of each project, folded from the rows of <c>identities</c>; each file is read once.</summary>
[SuppressMessage("Design", "CA1001", Justification = "lives as long as the process; its gates hold no wait handle")]
public sealed class PersonDirectory(IRowSnapshots recent) : IPersonDirectory
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

    Task RefreshAsync(Persons persons, string projectId, CancellationToken cancellationToken) => persons.Rows.FollowAsync(
        recent,
        projectId,
        RowLayout.Identities,
        async (change, cancellation) => persons.Fold.Add(await ClaimRows.ReadAsync(change.File, change.Added, cancellation)),
        cancellationToken);

    sealed class Persons(IdentityMode mode)
    {
        public SemaphoreSlim Gate { get; } = new(1, 1);

        public IdentityFold Fold { get; } = new(mode);

        public FollowedRows Rows { get; } = new();
    }
}
