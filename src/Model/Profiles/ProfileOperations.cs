using System.Text;

namespace Cairn.Model.Profiles;

/// <summary>The wire names of <see cref="ProfileOperation"/> in an update's body.</summary>
public static class ProfileOperations
{
    static readonly (ProfileOperation Operation, byte[] Name)[] Names =
    [
        (ProfileOperation.Set, "set"u8.ToArray()),
        (ProfileOperation.SetOnce, "set_once"u8.ToArray()),
        (ProfileOperation.Add, "add"u8.ToArray()),
        (ProfileOperation.Append, "append"u8.ToArray()),
        (ProfileOperation.Prepend, "prepend"u8.ToArray()),
        (ProfileOperation.Union, "union"u8.ToArray()),
        (ProfileOperation.UnionFirst, "union_first"u8.ToArray()),
        (ProfileOperation.Remove, "remove"u8.ToArray()),
        (ProfileOperation.Unset, "unset"u8.ToArray()),
        (ProfileOperation.ClearAll, "clear_all"u8.ToArray()),
        (ProfileOperation.Delete, "delete"u8.ToArray()),
        (ProfileOperation.Merge, "merge"u8.ToArray()),
    ];

    /// <summary>The UTF-8 name under which an operation stands in an update's body.</summary>
    public static ReadOnlySpan<byte> NameOf(ProfileOperation operation) => Names[(int)operation - 1].Name;

    /// <inheritdoc cref="TryParse(ReadOnlySpan{byte}, out ProfileOperation)"/>
    public static bool TryParse(string name, out ProfileOperation operation) => TryParse(Encoding.UTF8.GetBytes(name), out operation);

    /// <summary>Which operation a name stands for; false for any other text.</summary>
    public static bool TryParse(ReadOnlySpan<byte> utf8Name, out ProfileOperation operation)
    {
        foreach (var (candidate, name) in Names)
        {
            if (!utf8Name.SequenceEqual(name)) continue;
            operation = candidate;
            return true;
        }
        operation = default;
        return false;
    }
}
