using Cairn.Model.Identity;

namespace Cairn.Storage.Identity;

/// <summary>Finds one person: by look-up rows where they hold enough, else by all claims.</summary>
public sealed class PersonLookup(IdentityStore store, IPersonDirectory directory)
{
    /// <summary>The person that an id belongs to.</summary>
    public async Task<LookedUpPerson> FindAsync(string projectId, IdentityMode mode, string id, CancellationToken cancellationToken)
    {
        if (await store.FoldAsync(projectId, mode, id, cancellationToken) is { } fold) return new(fold.Find(id), fold.Map, fold.Ids);
        return new(await directory.FindAsync(projectId, mode, id, cancellationToken), null, null);
    }

    /// <summary>All persons, by all claims.</summary>
    public ValueTask<PersonMap> ReadMapAsync(string projectId, IdentityMode mode, CancellationToken cancellationToken) =>
        directory.ReadAsync(projectId, mode, cancellationToken);
}

/// <summary>What was found of a person.</summary>
/// <param name="Found">Null where no claim names the id.</param>
/// <param name="Map">All that matters for this person and nobody else; null where rows didn't hold enough.</param>
/// <param name="Around">Every id that claims around this person name, also those that made no link or were undone; null where <paramref name="Map"/> is.</param>
public sealed record LookedUpPerson(PersonIds? Found, PersonMap? Map, IEnumerable<string>? Around);
