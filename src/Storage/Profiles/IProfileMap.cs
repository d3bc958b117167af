using Cairn.Model.Identity;
using Cairn.Model.Profiles;

namespace Cairn.Storage.Profiles;

/// <summary>The profiles of one project at one moment. Safe to share between threads; values are shared and never change.</summary>
public interface IProfileMap
{
    /// <summary>Every person that has a profile, by canonical id, in no particular order.</summary>
    IEnumerable<string> Persons { get; }

    /// <summary>A person's properties by all updates over the ids linked now; null where the person has no profile.</summary>
    Profile? Current(string person);

    /// <summary>
    /// The properties as they were for an event: updates before its receipt, over the ids that were linked by then. Null where there was no profile.
    /// </summary>
    Profile? AsOf(in SeenIds ids);

    /// <summary>The names of all properties that any person has now, ordinal order.</summary>
    IReadOnlyList<string> PropertyNames { get; }
}
