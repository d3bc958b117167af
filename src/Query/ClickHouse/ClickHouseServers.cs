namespace Cairn.Query.ClickHouse;

/// <summary>Who answers which project's reports.</summary>
/// <param name="deployment">Where those are answered that say nothing of their own; null: by the built-in engine.</param>
/// <param name="own">By project; null: by the built-in engine, whatever holds for the deployment.</param>
public sealed class ClickHouseServers(ClickHouseOptions? deployment, IReadOnlyDictionary<string, ClickHouseOptions?> own)
{
    public static ClickHouseServers None { get; } = new(null, new Dictionary<string, ClickHouseOptions?>());

    /// <summary>Where a project's reports are answered; null: by the built-in engine.</summary>
    public ClickHouseOptions? Of(string projectId) => own.TryGetValue(projectId, out var options) ? options : deployment;

    /// <summary>Every server that is set.</summary>
    public IEnumerable<ClickHouseOptions> All => own.Values.Append(deployment).OfType<ClickHouseOptions>();
}
