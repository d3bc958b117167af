namespace Cairn.Projects.Keys;

/// <summary>The tables of this room.</summary>
/// <remarks>
/// <c>projects</c>: partition "project", one row a project. <c>keys</c>: a partition a project (or "deployment"), one row a key, for lists.
/// <c>credentials</c>: what a presented text is looked up by, see <see cref="CredentialAddress"/>. <c>signins</c>: codes and sessions by their hash.
/// </remarks>
static class KeyTables
{
    public const string Projects = "projects", Keys = "keys", Credentials = "credentials", SignIns = "signins";

    /// <summary>The partition of all projects: a few thousand at most, listed together.</summary>
    public const string ProjectPartition = "project";

    /// <summary>The partition in <see cref="Keys"/> of what is for no single project.</summary>
    public const string DeploymentPartition = "deployment";
}
