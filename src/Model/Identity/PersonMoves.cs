namespace Cairn.Model.Identity;

/// <summary>Whose rows belong to another person than under an older map of the same project.</summary>
/// <param name="Whole">Persons (canonical ids) all of whose rows are another person's now: who.</param>
/// <param name="Split">Persons some of whose rows may be another's, and those others: each row's ids have to be looked up anew.</param>
public sealed record PersonMoves(IReadOnlyDictionary<string, string> Whole, IReadOnlySet<string> Split)
{
    /// <summary>Nobody moved.</summary>
    public static PersonMoves None { get; } = new(new Dictionary<string, string>(), new HashSet<string>());
}
