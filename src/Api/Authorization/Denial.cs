namespace Cairn.Api.Authorization;

/// <summary>Why a request is turned away.</summary>
public enum DenialReason
{
    /// <summary>It shows no credentials.</summary>
    Missing,

    /// <summary>What it shows matches nothing.</summary>
    Wrong,

    /// <summary>A page of another site sent it with our cookie.</summary>
    ForeignPage,

    /// <summary>It names another project than its credentials are for.</summary>
    OtherProject,

    /// <summary>It names no project, and its credentials are for all.</summary>
    NoProject,

    /// <summary>It names a project that does not exist (only told to who may see all).</summary>
    UnknownProject,

    /// <summary>Its role allows less.</summary>
    RoleTooLow,
}
