namespace Cairn.Model.Profiles;

/// <summary>All updates that one id got, in the order of the fold; never changes. What is known now is folded once, when first asked for.</summary>
/// <remarks>An item id counts once, whenever it comes again.</remarks>
public sealed class ProfileHistory
{
    readonly ProfileUpdate[] updates;
    readonly ProfileHistory? before;
    readonly Lock gate = new();
    volatile Folded? current;
    volatile Profile?[]? steps;

    ProfileHistory(ProfileUpdate[] updates, ProfileHistory? before)
    {
        this.updates = updates;
        // What was folded already saves work; of the rest, a chain of histories would only keep all of them alive.
        this.before = before is { current: { } folded } ? new(before.updates, null) { current = folded } : null;
    }

    /// <summary>No update.</summary>
    public static ProfileHistory Empty { get; } = new([], null);

    /// <summary>In the order of the fold.</summary>
    public ReadOnlySpan<ProfileUpdate> Updates => updates;

    /// <summary>This history and some updates more; itself where all were known.</summary>
    public ProfileHistory With(IReadOnlyCollection<ProfileUpdate> more)
    {
        var added = more.Where(update => Array.BinarySearch(updates, update, ByOrder.Instance) < 0).DistinctBy(update => update.Order).ToArray();
        if (added.Length == 0) return this;
        Array.Sort(added, ByOrder.Instance);
        var isLater = updates.Length == 0 || added[0].Order > updates[^1].Order;
        if (isLater) return new([.. updates, .. added], this);
        ProfileUpdate[] all = [.. updates, .. added];
        Array.Sort(all, ByOrder.Instance);
        return new(all, null);
    }

    /// <summary>Several ids' updates as one history.</summary>
    public static ProfileHistory Of(IEnumerable<ProfileUpdate> updates)
    {
        var all = updates.DistinctBy(update => update.Order).ToArray();
        Array.Sort(all, ByOrder.Instance);
        return new(all, null);
    }

    /// <summary>This history without the updates at these places; itself where it has none of them.</summary>
    public ProfileHistory Without(IReadOnlySet<ReceiptOrder> gone)
    {
        var rest = updates.Where(update => !gone.Contains(update.Order)).ToArray();
        return rest.Length == updates.Length ? this : new(rest, null);
    }

    /// <summary>By all updates; null where they leave no profile.</summary>
    public Profile? Current
    {
        get
        {
            if (current is { } known) return known.Profile;
            lock (gate)
            {
                if (current is { } other) return other.Profile;
                var fold = new ProfileFold(before?.Current);
                foreach (var update in updates.AsSpan(before?.updates.Length ?? 0)) fold.Apply(update);
                var profile = fold.Result;
                if (profile is not null) profile = profile with { UpdatedAtMs = updates[^1].Order.ReceivedAtMs };
                current = new(profile);
                return profile;
            }
        }
    }

    /// <summary>By the updates before a place; null where they leave no profile. Where nothing changed in between, the same object.</summary>
    public Profile? AsOf(ReceiptOrder place)
    {
        var index = Array.BinarySearch(updates, new ProfileUpdate(place, default), ByOrder.Instance);
        if (index < 0) index = ~index;
        return index == 0 ? null : Steps()[index - 1];
    }

    Profile?[] Steps()
    {
        if (steps is { } known) return known;
        lock (gate)
        {
            if (steps is { } other) return other;
            var fold = new ProfileFold();
            var all = new Profile?[updates.Length];
            for (var i = 0; i < all.Length; i++)
            {
                fold.Apply(updates[i]);
                all[i] = fold.Result;
            }
            return steps = all;
        }
    }

    sealed record Folded(Profile? Profile);

    sealed class ByOrder : IComparer<ProfileUpdate>
    {
        public static readonly ByOrder Instance = new();

        public int Compare(ProfileUpdate x, ProfileUpdate y) => x.Order.CompareTo(y.Order);
    }
}
