namespace IncidentDesk.Tests;

/// <summary>Files of the repository, found from the test's own folder upwards.</summary>
internal static class Repo
{
    public static string Root { get; } = Find(new DirectoryInfo(AppContext.BaseDirectory));

    /// <summary>The command line as it was built for itself: beside the tests lie the web host's packages too, and some of the worker's own are left out there.</summary>
    public static string Worker { get; } = Path.Combine(Root, "src", "IncidentDesk.Worker", Built, "IncidentDesk.Worker.dll");

    /// <summary>The web host as it lies beside these tests, whichever project's tests start it.</summary>
    public static string Web { get; } = Path.Combine(Root, "tests", "IncidentDesk.Tests", Built, "IncidentDesk.Web.dll");

    public static string File(string path) => Path.Combine(Root, path);

    /// <summary>Where a project is built to, below its own folder.</summary>
    private static string Built => string.Join(Path.DirectorySeparatorChar, Path.GetRelativePath(Path.Combine(Root, "tests"), AppContext.BaseDirectory).Split(Path.DirectorySeparatorChar)[1..]);

    private static string Find(DirectoryInfo folder) =>
        System.IO.File.Exists(Path.Combine(folder.FullName, "IncidentDesk.sln")) ? folder.FullName : Find(folder.Parent!);
}
