namespace Cairn.Query.ClickHouse;

/// <summary>Where a project's reports are answered by ClickHouse, and how it reads the lake.</summary>
/// <param name="Url">Its HTTP interface.</param>
/// <param name="FallsBack">Whether the built-in engine answers what can't be asked there, or while it is away: its answers are as exact, and hold younger rows as well.</param>
public sealed record ClickHouseOptions(Uri Url, string User, string Password, ClickHouseLake Lake, bool FallsBack)
{
    /// <summary>How long a report may take there where nothing is set, seconds: the host ends a request after 230.</summary>
    public const int UsualSeconds = 180;

    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(UsualSeconds);
}

/// <summary>How ClickHouse finds the lake's tables.</summary>
public abstract record ClickHouseLake
{
    /// <summary>Below a folder that the server sees: its <c>user_files</c>, or a mount.</summary>
    public sealed record Folder(string Path) : ClickHouseLake;

    /// <summary>In a storage account.</summary>
    /// <param name="Connection">A connection string of the account.</param>
    /// <param name="Cluster">Whose nodes share the reading; null: the node that is asked reads alone.</param>
    public sealed record Azure(string Connection, string Container, string? Cluster) : ClickHouseLake;

    /// <summary>The table function of one table; places and secrets are bound as values are.</summary>
    /// <param name="root">The table's root in the store, such as <c>lake/123456789/events</c>.</param>
    internal Sql Table(string root) => this switch
    {
        Folder folder => Sql.Of($"deltaLakeLocal({$"{folder.Path.TrimEnd('/')}/{root}"})"),
        Azure { Cluster: { } cluster } azure => Sql.Of($"deltaLakeAzureCluster({cluster}, {SqlValue.Secret(azure.Connection)}, {azure.Container}, {root})"),
        Azure azure => Sql.Of($"deltaLakeAzure({SqlValue.Secret(azure.Connection)}, {azure.Container}, {root})"),
        _ => throw new InvalidOperationException($"no place of a lake: {GetType()}"),
    };
}
