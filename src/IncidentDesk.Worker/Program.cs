return await IncidentDesk.Worker.CommandLine.Run(args);
